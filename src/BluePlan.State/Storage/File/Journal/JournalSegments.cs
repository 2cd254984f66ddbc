namespace BluePlan.State.Storage;

/// <summary>Prepares the segments that follow the one being written, and knows the epoch that they belong to. Its lock is taken after those of partitions and before the journal's.</summary>
/// <param name="directory">The store.</param>
/// <param name="journal">Its journal.</param>
/// <param name="identity">The store and its epoch as they were opened.</param>
internal sealed class JournalSegments(StoreDirectory directory, Journal journal, StoreIdentity identity)
{
    private readonly Lock _gate = new();
    private long _number = journal.SegmentNumber;
    private StoreIdentity _identity = identity;
    private bool _closed;

    public StoreIdentity Identity
    {
        get
        {
            lock (_gate) return _identity;
        }
    }

    /// <summary>Sees to it that a segment follows the one that is being written.</summary>
    public void PrepareFollowing()
    {
        lock (_gate) Prepare();
    }

    /// <summary>Has a new segment follow, so that everything before it can be superseded by a snapshot.</summary>
    public CheckpointStart BeginCheckpoint()
    {
        lock (_gate)
        {
            // The segment may be begun before it is asked for.
            while (true)
            {
                var segment = Prepare();
                if (journal.BeginCheckpoint() is { } start) return new(segment.Number, start.BaseSequence, start.Bytes);
            }
        }
    }

    /// <summary>Goes over to another epoch, with a segment that nobody has written to, while no partition can be written.</summary>
    /// <param name="to">The new epoch.</param>
    /// <param name="publish">Makes it so on disk. When it throws, all stays as it was.</param>
    public void ChangeEpoch(StoreIdentity to, Action<CheckpointStart> publish)
    {
        lock (_gate)
        {
            var segment = Prepare();
            var (baseSequence, bytes) = journal.BeginCheckpoint() ?? throw new InvalidOperationException("Somebody wrote while all partitions were locked.");
            publish(new(segment.Number, baseSequence, bytes));
            segment.MoveTo(to);
            _identity = to;
        }
    }

    /// <summary>Makes no segment any more.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }

    private JournalSegment Prepare()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(FileStateProvider));
        if (journal.Following is { } following) return following;
        var segment = directory.PrepareSegment(_identity, _number + 1);
        journal.Follow(segment);
        _number++;
        return segment;
    }
}
