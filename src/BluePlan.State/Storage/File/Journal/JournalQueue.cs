namespace BluePlan.State.Storage;

/// <summary>Commits that are not on disk yet, in batches: one is being written, the last one is being filled. Under the journal's gate.</summary>
internal sealed class JournalQueue
{
    private readonly Queue<JournalBatch> _batches = new();
    private JournalBatch? _writing;
    private JournalBatch _filling = new(new byte[4096]);
    private byte[]? _spareBuffer;

    /// <param name="next">The sequence of the first commit to come.</param>
    /// <param name="segment">The segment that it goes to.</param>
    public JournalQueue(long next, JournalSegment segment)
    {
        (Next, Target) = (next, segment);
        _batches.Enqueue(_filling);
    }

    /// <summary>The sequence that the next commit gets.</summary>
    public long Next { get; private set; }

    /// <summary>The segment that the next commit goes to.</summary>
    public JournalSegment Target { get; private set; }

    /// <summary>Whether nothing waits to be written.</summary>
    public bool IsEmpty => _batches.Peek().First == 0;

    /// <summary>The segment that is to follow and is not begun; null = none.</summary>
    public JournalSegment? Following => _filling.Segment;

    /// <summary>The sequence with which <see cref="Following"/> begins.</summary>
    public long FollowingFirst => _filling.First > 0 ? _filling.First : Next;

    /// <summary>What waits, and what is being written.</summary>
    public List<JournalBatch> All => _writing is null ? [.. _batches] : [.. _batches, _writing];

    /// <summary>Adds a frame; answers its sequence.</summary>
    /// <exception cref="IOException">The disk has no space for it. It was not added.</exception>
    public long Add(DateTimeOffset time, int partition, int kind, ReadOnlySpan<byte> body)
    {
        var bytes = JournalFormat.FrameBytes(body.Length);
        Target.Promise(bytes);
        if (!_filling.HasRoomFor(bytes)) _batches.Enqueue(_filling = new(new byte[bytes]));
        _filling.Reserve(bytes);
        _filling.Add(Next, time, partition, kind, body);
        return Next++;
    }

    /// <summary>Lets a prepared segment follow.</summary>
    /// <exception cref="IOException">It has no space for the commits that wait. They stay where they are.</exception>
    public void Follow(JournalSegment segment)
    {
        if (_filling.Segment is not null) throw new InvalidOperationException("Another segment is to follow already.");
        segment.Promise(_filling.Frames.Length);
        _filling.Segment = Target = segment;
    }

    /// <summary>The batch that holds a sequence which is not acknowledged.</summary>
    public JournalBatch BatchOf(long sequence)
    {
        if (_writing is { } writing && sequence <= writing.Last) return writing;
        foreach (var batch in _batches)
            if (sequence <= batch.Last) return batch;
        throw new InvalidOperationException("The position was never given.");
    }

    /// <summary>Takes the oldest batch to be written; what comes from now on goes to another one.</summary>
    public JournalBatch Take()
    {
        _writing = _batches.Dequeue();
        if (_batches.Count == 0)
        {
            _batches.Enqueue(_filling = new(_spareBuffer ?? new byte[4096]));
            _spareBuffer = null;
        }
        return _writing;
    }

    /// <summary>Forgets the batch that was taken, because it is written.</summary>
    public void Written()
    {
        _spareBuffer = _writing!.TakeBuffer() ?? _spareBuffer;
        _writing = null;
    }
}
