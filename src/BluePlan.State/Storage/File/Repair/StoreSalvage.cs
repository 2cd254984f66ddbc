using Microsoft.Extensions.Logging.Abstractions;

namespace BluePlan.State.Storage;

/// <summary>Reads everything that can be read of a store, changes nothing on disk, and notes what is damaged.</summary>
internal sealed class StoreSalvage
{
    private readonly StoreDirectory _directory;
    private readonly List<FileStoreDamage> _damage = [];
    private long _dropped;
    private long _droppedParts;
    private long? _droppedFrom;
    private long _unfinished;

    private StoreSalvage(StoreDirectory directory, TimeProvider time)
    {
        _directory = directory;
        if (directory.MarkerDamage is { } damage) _damage.Add(damage);
        Engine = new(directory.Marker.PartitionCount, time);
        Identity = new(directory.Marker.StoreId, directory.Marker.PartitionCount, 0);
    }

    /// <summary>What could be read.</summary>
    public StateEngine Engine { get; }

    /// <summary>The newest epoch that was seen.</summary>
    public StoreIdentity Identity { get; private set; }

    /// <summary>The last commit that could be read.</summary>
    public long LastSequence { get; private set; }

    /// <summary>The highest sequence that was seen, also where it cannot be used.</summary>
    public long HighestSequence { get; private set; }

    public static StoreSalvage Read(StoreDirectory directory, TimeProvider time)
    {
        var salvage = new StoreSalvage(directory, time);
        salvage.Run();
        return salvage;
    }

    public FileStoreReport Report(string? formerFiles) => new(_damage)
    {
        Keys = Engine.Partitions.Sum(static p => (long)p.Keys.Count),
        LastCommit = LastSequence,
        UnfinishedBytes = _unfinished,
        DroppedCommits = _dropped,
        DroppedFrom = _droppedFrom is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null,
        DroppedParts = _droppedParts,
        FormerFiles = formerFiles,
    };

    private void Run()
    {
        var (first, positions) = ReadSnapshot();
        var withoutBase = _damage.Count > 0;
        var replay = new JournalReplay(_directory.Files, Identity, positions ?? new long[Identity.PartitionCount], _directory.Read, all => PartitionWork.Run(all, frames =>
            Interlocked.Add(ref _droppedParts, frames.ApplyTo(Engine.Partitions[frames.Partition], withoutBase))), NullLogger.Instance);
        try
        {
            replay.Read(first.Number, first.Sequence);
            _unfinished = replay.UnfinishedBytes;
        }
        catch (StateCorruptionException) when (replay.Damage is not null)
        {
            _damage.Add(replay.Damage);
        }
        LastSequence = HighestSequence = Math.Max(replay.LastSequence, positions?.Max() ?? 0);
        if (replay.Damage is not null) CountDropped(first.Number, replay.LastSequence);
    }

    /// <summary>Answers where the journal must go on from.</summary>
    private ((long Number, long Sequence) First, long[]? Positions) ReadSnapshot()
    {
        var segments = _directory.Segments();
        if (_directory.Snapshots() is not [.., var newest])
        {
            if (segments is [] or [1, ..]) return (FirstSegment(1), null);
            _damage.Add(new(StoreNames.Segment(1), 0, "the journal's first segment, and any snapshot that replaces it, are missing, with all that was in them"));
            return (FirstSegment(segments[0]), null);
        }
        var name = StoreNames.Snapshot(newest);
        var salvage = new SnapshotSalvage(Engine, Identity, name, _directory.Read(name), _damage);
        salvage.Run();
        _droppedParts += salvage.Dropped;
        if (salvage.Header is not { } header) return (FirstSegment(newest), null);
        if (header.SegmentNumber != newest) _damage.Add(new(name, 0, $"it is snapshot {header.SegmentNumber} under another name"));
        Identity = header.Store;
        return ((header.SegmentNumber, header.BaseSequence), salvage.Positions);
    }

    private (long Number, long Sequence) FirstSegment(long number)
    {
        if (!_directory.Segments().Contains(number) || JournalFormat.ReadHeader(_directory.Read(StoreNames.Segment(number)), StoreNames.Segment(number)) is not { } header) return (number, 1);
        if (header.Store.Id != Identity.Id || header.Store.PartitionCount != Identity.PartitionCount) return (number, 1);
        Identity = header.Store;
        return (number, header.BaseSequence);
    }

    /// <summary>Counts the commits that are whole and cannot be used.</summary>
    private void CountDropped(long firstNumber, long last)
    {
        foreach (var number in _directory.Segments().Where(n => n >= firstNumber))
        {
            var bytes = _directory.Read(StoreNames.Segment(number));
            for (var at = JournalFormat.HeaderBytes; at < bytes.Length; at += JournalFormat.Alignment)
            {
                if (!JournalFormat.TryReadFrame(bytes.AsSpan(at), Identity, out var frame)) continue;
                HighestSequence = Math.Max(HighestSequence, frame.Sequence);
                if (frame.Sequence <= last || frame.Kind != JournalFormat.CommitKind) continue;
                _dropped++;
                _droppedFrom = Math.Min(_droppedFrom ?? long.MaxValue, frame.TimeMilliseconds);
            }
        }
    }
}
