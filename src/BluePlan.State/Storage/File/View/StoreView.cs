using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BluePlan.State.Storage;

/// <summary>What a store held when it was opened for reading only. Nothing is locked, written, created or deleted.</summary>
/// <remarks>
/// <para>Another process may own the store and go on meanwhile: it appends to the journal, publishes snapshots and
/// deletes what they replace. A file may be missing that was listed just before, and what is read of a file may be from
/// before and after a write. Each such attempt fails otherwise than the one before it, so the same fault at the same
/// place in two attempts is damage.</para>
/// <para>Every commit that was acknowledged before is there. A commit that the owner is still flushing may be there
/// too.</para>
/// </remarks>
internal sealed class StoreView
{
    private const int MaximumAttempts = 32;

    private readonly StoreFiles _files;
    private readonly IStoreFolder _folder;
    private readonly StoreMarker _marker;
    private long _snapshotBytes;
    private long _journalBytes;

    private StoreView(IStoreFolder folder, StoreFiles files, StateOpenOptions options)
    {
        (_folder, _files) = (folder, files);
        using (var marker = folder.OpenShared(StoreNames.Marker)) _marker = files.ReadMarker(marker);
        files.CheckPartitionCount(_marker, options.PartitionCount);
    }

    /// <summary>What the store held.</summary>
    public StateEngine Engine { get; private set; } = null!;

    public StateStoreInfo Info => new(_marker.ToGuid(), _marker.PartitionCount);

    /// <summary>Reads a store.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The directory.</param>
    /// <param name="options">The mode, and the number of partitions.</param>
    /// <param name="isPrivate">Whether the directory is refused if another user can write to it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told that it was opened.</param>
    /// <exception cref="StateOpenException">There is no store, it has another number of partitions, or another user can write to it.</exception>
    /// <exception cref="StateCorruptionException">It is damaged.</exception>
    /// <exception cref="StateUnavailableException">It changed faster than it could be read.</exception>
    public static StoreView Open(IFileSystem files, string path, StateOpenOptions options, bool isPrivate, TimeProvider time, ILogger logger)
    {
        var (started, shown) = (time.GetTimestamp(), ShownPath.Of(path));
        using var folder = files.OpenDirectory(path, create: false, isPrivate) ?? throw StoreFiles.NotFound(shown, options.Mode);
        var store = new StoreFiles(folder, shown);
        Exception? before = null;
        for (var attempt = 1; attempt <= MaximumAttempts; attempt++)
        {
            if (!store.HasMarker) throw StoreFiles.NotFound(shown, options.Mode);
            try
            {
                var view = new StoreView(folder, store, options);
                view.Read(time);
                FileLog.Viewed(logger, shown, view._marker.PartitionCount, view._snapshotBytes, view._journalBytes, (long)time.GetElapsedTime(started).TotalMilliseconds);
                return view;
            }
            catch (Exception exception) when (exception is StateCorruptionException or FileNotFoundException)
            {
                if (exception is StateCorruptionException && exception.Message == before?.Message) ExceptionDispatchInfo.Throw(exception);
                before = exception;
            }
        }
        throw new StateUnavailableException($"The store in '{shown}' changed each of {MaximumAttempts} times while it was read. Try again.", mayHaveBeenWritten: false, before);
    }

    private void Read(TimeProvider time)
    {
        var contents = PartitionContents.For(_marker.PartitionCount);
        var (header, positions) = ReadSnapshot(contents);
        // What a crash or the owner has left unfinished is no event here.
        var replay = new JournalReplay(_files, header.Store, positions, ReadFile, all => { foreach (var frames in all) contents[frames.Partition].Add(frames); }, NullLogger.Instance);
        replay.Read(header.SegmentNumber, header.BaseSequence);
        _journalBytes = replay.Bytes;
        Engine = new(_marker.PartitionCount, time) { Journal = new ReadOnlyJournal() };
        for (var i = 0; i < contents.Length; i++) Engine.Partitions[i].BuildLater(contents[i].BuildLater);
    }

    private (SnapshotHeader Header, long[] Positions) ReadSnapshot(PartitionContents[] contents)
    {
        if (_files.Snapshots() is not [.., var newest]) return (new(new(_marker.StoreId, _marker.PartitionCount, 0), 1, 1), new long[_marker.PartitionCount]);
        var name = StoreNames.Snapshot(newest);
        using var file = _folder.OpenShared(name);
        var snapshot = SnapshotReader.Open(file, _files.PathOf(name), _marker, newest);
        foreach (var blocks in snapshot.ReadBlocks()) contents[blocks.Key].Add(blocks);
        _snapshotBytes = snapshot.Bytes;
        return (snapshot.Header, snapshot.Positions);
    }

    private byte[] ReadFile(string name)
    {
        using var file = _folder.OpenShared(name);
        return _files.Read(name, file);
    }
}
