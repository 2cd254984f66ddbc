using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>A store's directory, locked: nobody else opens it until this is disposed.</summary>
internal sealed class StoreDirectory : IDisposable
{
    // The root of a volume of its own has this in it.
    private const string MountPoint = "lost+found";

    private readonly IFileSystem _files;
    private readonly IStoreFolder _folder;
    private readonly string _path;
    private readonly StoreOwnership _ownership;
    private (string Name, IStoreFile File)? _unfinished;

    private StoreDirectory(IFileSystem files, IStoreFolder folder, string path, IStoreFile held)
    {
        (_files, _folder, _path, Files) = (files, folder, path, new(folder, ShownPath.Of(path)));
        _ownership = new(folder, Path, TimeProvider.System);
        _ownership.Keep(StoreNames.Lock, held);
    }

    /// <summary>What is in it, by names.</summary>
    public StoreFiles Files { get; }

    /// <inheritdoc cref="StoreFiles.Path"/>
    public string Path => Files.Path;

    /// <summary>How many bytes the disk under it has left for this process.</summary>
    public long FreeBytes => _files.FreeBytes(_path);

    public StoreMarker Marker { get; private set; }

    /// <summary>What is wrong with the marker, which was then put together from the other files; null = nothing.</summary>
    public FileStoreDamage? MarkerDamage { get; private set; }

    /// <summary>Whether it was made just now.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Which store it is, and whether it was made just now.</summary>
    public StateStoreInfo Info => new(Marker.ToGuid(), Marker.PartitionCount, IsNew);

    /// <summary>Locks a directory and reads its marker, or makes a new store of an empty one.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The directory.</param>
    /// <param name="options">Whether a store may be made, and the number of partitions.</param>
    /// <param name="isPrivate">Whether it is refused if another user can write to it.</param>
    /// <param name="now">When a new store is made.</param>
    /// <param name="expected">The store that must be there already; null = any, or a new one.</param>
    /// <exception cref="StateOpenException">It holds no store and none may be made, a process has it open, it has another number of partitions, or another user can write to it.</exception>
    /// <exception cref="StateCorruptionException">It holds something that is no store, or its marker is damaged.</exception>
    public static StoreDirectory Open(IFileSystem files, string path, StateOpenOptions options, bool isPrivate, DateTimeOffset now, UInt128? expected = null)
    {
        var shown = ShownPath.Of(path);
        var creates = expected is null && options.Mode is StateOpenMode.Create;
        return Open(files, path, files.OpenDirectory(path, creates, isPrivate) ?? throw Missing(), folder =>
        {
            if (!creates) Demand(folder);
            RefuseStrangers(folder, shown, locked: false);
            return Lock(folder, shown);
        }, directory =>
        {
            // Looked at again, since somebody else may have made a store meanwhile.
            if (!creates) Demand(directory._folder);
            RefuseStrangers(directory._folder, shown, locked: true);
            directory.WriteOwner();
            if (directory.Files.HasMarker) directory.Marker = directory.ReadMarker();
            else directory.MakeMarker(options.PartitionCount ?? StateOpenOptions.DefaultPartitionCount, now);
            directory.Files.CheckPartitionCount(directory.Marker, options.PartitionCount);
            if (expected is { } id && directory.Marker.StoreId != id) throw new IOException($"The directory '{shown}' holds another store by now.");
        });

        Exception Missing() => expected is null ? StoreFiles.NotFound(shown, options.Mode) : Gone(shown);

        // A store that has lost its marker is told as that.
        void Demand(IStoreFolder folder)
        {
            var names = folder.List();
            if (!names.Contains(StoreNames.Marker) && (expected is not null || !names.Any(StoreNames.IsOfStore))) throw Missing();
        }
    }

    /// <summary>Locks the directory of a store that may be damaged, and changes nothing in it.</summary>
    /// <exception cref="StateNotFoundException">There is no store.</exception>
    /// <exception cref="StateOpenException">A process has it open.</exception>
    /// <exception cref="StateCorruptionException">Its marker is damaged, and so is every file that says the same.</exception>
    public static StoreDirectory OpenAsItIs(IFileSystem files, string path, DateTimeOffset now)
    {
        var shown = ShownPath.Of(path);
        return Open(files, path, files.OpenDirectory(path, create: false, isPrivate: false) ?? throw NoStore(shown), folder =>
        {
            if (!folder.List().Any(static n => n == StoreNames.Marker || StoreNames.IsSegment(n, out _) || StoreNames.IsSnapshot(n, out _))) throw NoStore(shown);
            return Lock(folder, shown);
        }, directory => directory.ReadOrRebuildMarker(now));
    }

    /// <inheritdoc cref="StoreFiles.PathOf"/>
    public string PathOf(string name) => Files.PathOf(name);

    /// <inheritdoc cref="StoreFiles.Segments"/>
    public List<long> Segments() => Files.Segments();

    /// <inheritdoc cref="StoreFiles.Snapshots"/>
    public List<long> Snapshots() => Files.Snapshots();

    /// <summary>A file's bytes.</summary>
    public byte[] Read(string name)
    {
        using var file = _folder.OpenRead(name);
        return Files.Read(name, file);
    }

    /// <summary>A file's bytes. From now on the file is part of the open store.</summary>
    public byte[] ReadAndKeep(string name) => Files.Read(name, OpenAndKeep(name));

    /// <summary>Opens a file for reading. From now on it is part of the open store, which closes it.</summary>
    public IStoreFile OpenAndKeep(string name)
    {
        var file = _folder.OpenRead(name);
        try
        {
            _ownership.KeepInstead(name, file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes an empty file that is not part of the store until it is published.</summary>
    public IStoreFile Create(string name)
    {
        Prove();
        return _folder.Create(name);
    }

    /// <summary>Proves that the next opening will find what this one writes.</summary>
    /// <exception cref="StoreLostException">The directory or a file of the store was removed, renamed or replaced.</exception>
    public void Prove() => _ownership.Prove();

    /// <inheritdoc cref="StoreOwnership.ProveUnlessUnchanged"/>
    public void ProveUnlessUnchanged() => _ownership.ProveUnlessUnchanged();

    /// <summary>Deletes what interrupted writes have left.</summary>
    public void DeleteLeftOvers()
    {
        foreach (var name in _folder.List().Where(StoreNames.IsLeftOver)) Delete(name);
    }

    /// <summary>Deletes what a snapshot has made superfluous.</summary>
    /// <exception cref="IOException">There are files of another store, which are left alone; or a file cannot be deleted.</exception>
    public void DeleteBefore(long segmentNumber)
    {
        var superfluous = Snapshots().Where(n => n < segmentNumber).Select(StoreNames.Snapshot).Concat(Segments().Where(n => n < segmentNumber).Select(StoreNames.Segment)).ToList();
        var foreign = superfluous.Find(n => !_ownership.Keeps(n) && !IsOwn(n));
        foreach (var name in superfluous.Where(n => n != foreign && (_ownership.Keeps(n) || IsOwn(n)))) Delete(name);
        if (foreign is not null) throw new IOException($"'{PathOf(foreign)}' does not belong to the store in this directory, and is not deleted. Remove it.");
    }

    /// <summary>Deletes a file of the store.</summary>
    public void Delete(string name)
    {
        Prove();
        if (!_ownership.TryDelete(name)) _folder.Delete(name);
    }

    /// <summary>Deletes a file that could not be completed, so that it takes no space. If that fails too, the failure that led here says so.</summary>
    public void Discard(string name, Exception failure)
    {
        try
        {
            Delete(name);
        }
        catch (Exception second) when (StoreErrors.IsOfFiles(second))
        {
            failure.Data["BluePlan.State.Cleanup"] = second.Message;
        }
    }

    /// <summary>Makes a segment that is ready to be written to. It is safe that it is there.</summary>
    public JournalSegment PrepareSegment(StoreIdentity store, long number)
    {
        var name = StoreNames.Segment(number);
        DeleteUnfinished();
        var file = Create(name);
        try
        {
            var segment = new JournalSegment(store, number, PathOf(name), file, 0);
            segment.Prepare();
            _folder.Flush();
            _ownership.Keep(name, file);
            return segment;
        }
        catch (Exception exception)
        {
            // It must neither take space nor be in the way of the next attempt, which tries again if this fails.
            _unfinished = (name, file);
            StoreErrors.Try(DeleteUnfinished, second => exception.Data["BluePlan.State.Cleanup"] = second.Message);
            throw;
        }
    }

    /// <summary>Opens a segment to go on with it, cut behind its last good frame and flushed.</summary>
    /// <param name="store">The store and its epoch.</param>
    /// <param name="number">The segment's number.</param>
    /// <param name="end">Where its last good frame ends; 0 = it was not begun.</param>
    public JournalSegment OpenSegment(StoreIdentity store, long number, int end)
    {
        var name = StoreNames.Segment(number);
        var file = _folder.Open(name);
        try
        {
            _ownership.KeepInstead(name, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        // What is read may be known to the operating system only. It is acknowledged from now on, so it goes to disk first, and what is cut off goes for good.
        file.Truncate(end);
        file.Flush();
        var segment = new JournalSegment(store, number, PathOf(name), file, end);
        if (end > 0) return segment;
        // It may have been made by a process that was killed before its name was safe.
        segment.Prepare();
        _folder.Flush();
        return segment;
    }

    /// <summary>Puts a file, written whole and flushed under its temporary name, in its place. It is part of the store then.</summary>
    /// <param name="name">Its name from now on.</param>
    /// <param name="temporary">Its temporary name.</param>
    /// <param name="written">The file as it was written.</param>
    /// <param name="replace">Whether any file of that name is replaced; otherwise, only one that the store has published itself.</param>
    public void Rename(string name, string temporary, IStoreFile written, bool replace = false)
    {
        Prove();
        _ownership.Prove(temporary, written);
        var isKept = _ownership.Keeps(name);
        _ownership.Release(name);
        try
        {
            _folder.Rename(temporary, _folder, name, replace || isKept);
            _ownership.Keep(name, written);
        }
        catch
        {
            if (isKept) _ownership.Keep(name, _folder.OpenRead(name));
            throw;
        }
    }

    /// <summary>Makes it safe that renamed files have their places.</summary>
    public void FlushRenamed() => _folder.Flush();

    /// <summary>Closes a file that was made here, unless it has become part of the store, which closes it.</summary>
    public void Close(IStoreFile file)
    {
        if (!_ownership.Keeps(file)) file.Dispose();
    }

    /// <summary>Puts a file, written whole and flushed under its temporary name, in its place.</summary>
    public void Publish(string name, IStoreFile written, bool replace = false)
    {
        Rename(name, name + StoreNames.Temporary, written, replace);
        FlushRenamed();
    }

    /// <summary>Moves files into a directory in this one.</summary>
    public void MoveInto(string folder, IEnumerable<string> names)
    {
        using var former = _folder.OpenFolder(folder);
        foreach (var name in names)
        {
            Prove();
            _folder.Rename(name, former, name, replace: false);
        }
        former.Flush();
        _folder.Flush();
    }

    /// <summary>Writes the marker.</summary>
    /// <param name="replace">Whether what is in its place is replaced; otherwise, nothing may be there.</param>
    public void WriteMarker(bool replace)
    {
        var temporary = StoreNames.Marker + StoreNames.Temporary;
        Delete(temporary);
        var file = Create(temporary);
        try
        {
            file.Write(Marker.Encode(), 0);
            file.Flush();
            Publish(StoreNames.Marker, file, replace);
        }
        catch (Exception exception)
        {
            Discard(temporary, exception);
            throw;
        }
        finally
        {
            Close(file);
        }
    }

    public void Dispose()
    {
        _unfinished?.File.Dispose();
        _ownership.Dispose();
        _folder.Dispose();
    }

    // A segment that was prepared and never begun has nothing but zeros, and is nobody else's.
    private bool IsOwn(string name)
    {
        using var file = _folder.OpenRead(name);
        var header = new byte[Math.Max(JournalFormat.HeaderBytes, SnapshotFormat.HeaderBytes)];
        var bytes = header.AsSpan(0, file.Read(header, 0));
        try
        {
            if (StoreNames.IsSnapshot(name, out _)) return SnapshotFormat.ReadHeader(bytes, PathOf(name)).Store.Id == Marker.StoreId;
            return !bytes.ContainsAnyExcept((byte)0) || JournalFormat.ReadHeader(bytes, PathOf(name))?.Store.Id == Marker.StoreId;
        }
        catch (StateException exception) when (exception is StateCorruptionException or StateOpenException)
        {
            // What cannot be read, or is of another version, is not known to be this store's.
            return false;
        }
    }

    private static StoreDirectory Open(IFileSystem files, string path, IStoreFolder folder, Func<IStoreFolder, IStoreFile> take, Action<StoreDirectory> read)
    {
        StoreDirectory? directory = null;
        try
        {
            directory = new(files, folder, path, take(folder));
            directory.Prove();
            read(directory);
            return directory;
        }
        catch
        {
            if (directory is null) folder.Dispose();
            else directory.Dispose();
            throw;
        }
    }

    private static DirectoryNotFoundException Gone(string shown) => new($"The directory '{shown}' does not hold the store any more.");

    private static StateNotFoundException NoStore(string shown) => new($"The directory '{shown}' holds no store.");

    private static IStoreFile Lock(IStoreFolder folder, string shown) =>
        folder.TryLock(StoreNames.Lock) ?? throw new StateOpenException(
            $"The store in '{shown}' is open elsewhere: {ReadOwner(folder)} has it. Only one provider can have a directory open; for several processes use Redis.", StateOpenFault.InUse);

    private void DeleteUnfinished()
    {
        if (_unfinished is not { } unfinished) return;
        Prove();
        _ownership.Prove(unfinished.Name, unfinished.File);
        _folder.Delete(unfinished.Name);
        unfinished.File.Dispose();
        _unfinished = null;
    }

    /// <summary>A directory without a marker may hold what the interrupted making of a store leaves, and nothing else.</summary>
    private static void RefuseStrangers(IStoreFolder folder, string shown, bool locked)
    {
        var names = folder.List();
        if (names.Contains(StoreNames.Marker)) return;
        var strangers = names.Where(static n => n is not (StoreNames.Lock or StoreNames.Owner or StoreNames.Marker + StoreNames.Temporary or MountPoint) && n != StoreNames.Segment(1)).ToList();
        var stranger = strangers.Find(static n => StoreNames.IsSegment(n, out _) || StoreNames.IsSnapshot(n, out _)) ?? strangers.FirstOrDefault();
        if (locked && stranger is null && names.Contains(StoreNames.Segment(1)) && IsBegun(folder, StoreNames.Segment(1))) stranger = StoreNames.Segment(1);
        if (stranger is null) return;
        throw new StateCorruptionException(StoreNames.IsSegment(stranger, out _) || StoreNames.IsSnapshot(stranger, out _)
            ? $"The store in '{shown}' has lost its marker '{StoreNames.Marker}', but holds '{stranger}'. Restore the marker, or the whole directory from a backup."
            : $"The directory '{shown}' holds '{ShownPath.Of(stranger)}' and is no store. Give the store a directory of its own.");
    }

    private static bool IsBegun(IStoreFolder folder, string segment)
    {
        using var file = folder.OpenRead(segment);
        var header = new byte[JournalFormat.HeaderBytes];
        return header.AsSpan(0, file.Read(header, 0)).ContainsAnyExcept((byte)0);
    }

    private static string ReadOwner(IStoreFolder folder)
    {
        const string Unknown = "another process";
        try
        {
            if (!folder.List().Contains(StoreNames.Owner)) return Unknown;
            using var file = folder.OpenRead(StoreNames.Owner);
            var bytes = new byte[Math.Min(file.Length, 1024)];
            return file.Read(bytes, 0) is var length and > 0 ? Encoding.UTF8.GetString(bytes, 0, length) : Unknown;
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception))
        {
            // The owner is named as a hint only; that the store is open elsewhere is what must be reported.
            return Unknown;
        }
    }

    // The owner stands beside the lock, not in it: a locked file cannot be read everywhere. Written anew, since what stands there may be a link, or a file that another process has open.
    private void WriteOwner()
    {
        Delete(StoreNames.Owner);
        using var file = Create(StoreNames.Owner);
        file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}")), 0);
    }

    private StoreMarker ReadMarker()
    {
        var file = _folder.OpenRead(StoreNames.Marker);
        try
        {
            var marker = Files.ReadMarker(file);
            _ownership.Keep(StoreNames.Marker, file);
            return marker;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>First the journal, then the marker: a marker without a journal means that the journal was lost.</summary>
    private void MakeMarker(int partitionCount, DateTimeOffset now)
    {
        (Marker, IsNew) = (new(partitionCount, BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16)), now), true);
        // Looked at before: it was made by a process that was killed before it had written the marker.
        Delete(StoreNames.Segment(1));
        PrepareSegment(new(Marker.StoreId, partitionCount, 0), 1);
        WriteMarker(replace: false);
    }

    private void ReadOrRebuildMarker(DateTimeOffset now)
    {
        var there = _folder.List().Contains(StoreNames.Marker);
        try
        {
            if (there)
            {
                Marker = ReadMarker();
                return;
            }
        }
        catch (StateCorruptionException)
        {
            // Judged below: other files say the same.
        }
        var known = Identities().FirstOrDefault() is { } found ? found : throw new StateCorruptionException($"The marker '{PathOf(StoreNames.Marker)}' of the store is {(there ? "damaged, at byte 0" : "missing")}, and no other file says what it said. Restore the directory from a backup.");
        Marker = new(known.PartitionCount, known.Id, now);
        MarkerDamage = new(StoreNames.Marker, 0, there ? "the store's marker is damaged; the other files say the same" : "the store's marker is missing; the other files say the same");
    }

    /// <summary>What the headers that are whole say, the newest first.</summary>
    private IEnumerable<StoreIdentity?> Identities()
    {
        foreach (var name in Snapshots().Select(StoreNames.Snapshot).Reverse())
        {
            StoreIdentity? identity = null;
            try
            {
                identity = SnapshotFormat.ReadHeader(Read(name), PathOf(name)).Store;
            }
            catch (StateCorruptionException)
            {
                continue;
            }
            yield return identity;
        }
        foreach (var name in Segments().Select(StoreNames.Segment).Reverse())
            if (JournalFormat.ReadHeader(Read(name), PathOf(name)) is { } header) yield return header.Store;
    }
}
