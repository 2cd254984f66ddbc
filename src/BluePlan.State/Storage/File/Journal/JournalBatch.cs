namespace BluePlan.State.Storage;

/// <summary>Commits that go to disk together: their frames, and those who wait for them.</summary>
internal sealed class JournalBatch
{
    private const int KeptBytes = 4 << 20;

    private byte[] _bytes;
    private int _length;
    private List<JournalWaiter>? _waiters;

    public JournalBatch(byte[] buffer) => _bytes = buffer;

    /// <summary>The sequence of the first frame; 0 = there is none yet.</summary>
    public long First { get; private set; }

    public long Last { get; private set; }

    public Span<byte> Frames => _bytes.AsSpan(0, _length);

    /// <summary>The segment that begins with this batch; null = the one before goes on.</summary>
    public JournalSegment? Segment { get; set; }

    /// <summary>Whether any of it was handed to the operating system.</summary>
    public bool WasWritten { get; set; }

    public bool HasRoomFor(int bytes) => _length == 0 || (long)_length + bytes <= KeptBytes * 16L;

    /// <summary>Makes room for one more frame, so that adding it cannot fail.</summary>
    public void Reserve(int bytes)
    {
        if (_bytes.Length - _length < bytes) Array.Resize(ref _bytes, Math.Max(checked(_length + bytes), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
    }

    public void Add(long sequence, DateTimeOffset time, int partition, int kind, ReadOnlySpan<byte> body)
    {
        JournalFormat.WriteFrame(_bytes.AsSpan(_length), sequence, time, partition, kind, body);
        _length += JournalFormat.FrameBytes(body.Length);
        if (First == 0) First = sequence;
        Last = sequence;
    }

    /// <summary>Somebody more who waits. Under the journal's gate.</summary>
    public void AddWaiter(JournalWaiter waiter) => (_waiters ??= []).Add(waiter);

    /// <summary>Lets those who wait go on, in the order in which they came. Nobody may begin to wait afterwards.</summary>
    /// <param name="failure">Makes what a waiter gets to see; null = it is acknowledged.</param>
    public void Complete(Func<JournalWaiter, Exception>? failure)
    {
        if (_waiters is null) return;
        // One that was cancelled goes on by itself.
        if (failure is null) _waiters.RemoveAll(static waiter => !waiter.TryEnd(null));
        else _waiters.RemoveAll(waiter => !waiter.TryEnd(failure(waiter)));
        PoolRelief.Queue(_waiters);
    }

    /// <summary>The buffer for a later batch; null when it has grown too big to be kept.</summary>
    public byte[]? TakeBuffer()
    {
        var buffer = _bytes;
        _bytes = [];
        return buffer.Length <= KeptBytes ? buffer : null;
    }
}
