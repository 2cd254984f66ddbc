using System.Buffers;

namespace BluePlan.State.Storage;

/// <summary>
/// Writes commits to disk in the order of their sequence. Commits that come while others are being written form the next batch, and share one flush. A batch is written by a thread of the pool,
/// which a lone caller's own thread is as soon as it awaits, so that no commit wakes a thread that was not awake.
/// </summary>
/// <remarks>
/// After any failure to write or flush nothing is acknowledged and nothing written any more: what is on disk then, only a reader of the disk can tell, and a second flush may succeed without having
/// written what the first one lost (A. Rebello et al., "Can Applications Recover from fsync Failures?", ATC 2020).
/// </remarks>
internal sealed class Journal : ICommitJournal, IThreadPoolWorkItem, IDisposable
{
    private const int KeptScratchBytes = 256 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_scratch;

    private readonly string _directory;
    private readonly FileDurability _durability;
    private readonly Lock _gate = new();  // Held for moments, by everybody.
    private readonly Lock _disk = new();  // Held while writing, by whoever does; taken before the gate.
    private readonly Queue<JournalBatch> _batches = new();
    private JournalBatch? _writing;
    private JournalBatch _filling = new(new byte[4096]);
    private byte[]? _spareBuffer;
    private JournalSegment _segment;
    private readonly long _opened;
    private long _next;
    private long _acknowledged;
    private long _flushed;
    private long _bytes;
    private bool _scheduled;
    private bool _flushWanted;
    private bool _closed;
    private Exception? _failure;

    /// <param name="directory">For messages.</param>
    /// <param name="durability">When a commit is acknowledged.</param>
    /// <param name="segment">Where to go on.</param>
    /// <param name="lastSequence">The last sequence that is on disk, flushed.</param>
    /// <param name="bytes">How many bytes came since the last checkpoint.</param>
    public Journal(string directory, FileDurability durability, JournalSegment segment, long lastSequence, long bytes)
    {
        (_directory, _durability, _segment, _bytes) = (directory, durability, segment, bytes);
        _opened = _next = lastSequence + 1;
        _acknowledged = _flushed = lastSequence;
        _batches.Enqueue(_filling);
    }

    /// <summary>Called after each batch, on the thread that wrote it.</summary>
    public event Action? Written;

    /// <summary>Called once, with what ended the journal.</summary>
    public event Action<Exception>? Failed;

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    public bool IsWritable => Volatile.Read(ref _failure) is null && !Volatile.Read(ref _closed);

    /// <summary>How many bytes came since the last checkpoint.</summary>
    public long BytesSinceCheckpoint => Volatile.Read(ref _bytes);

    /// <summary>The number of the segment that is being written.</summary>
    public long SegmentNumber => Volatile.Read(ref _segment).Number;

    /// <summary>How long that segment is.</summary>
    public long SegmentLength => Volatile.Read(ref _segment).Offset;

    /// <summary>The last sequence that was given.</summary>
    public long LastSequence
    {
        get
        {
            lock (_gate) return _next - 1;
        }
    }

    public long Append(int partition, DateTimeOffset time, IReadOnlyList<StateChange> changes)
    {
        var scratch = s_scratch ??= new(512);
        scratch.ResetWrittenCount();
        StateChangeCodec.Write(scratch, changes);
        if (scratch.Capacity > KeptScratchBytes) s_scratch = null;
        return Append(partition, time, JournalFormat.CommitKind, scratch.WrittenSpan);
    }

    public ValueTask WaitAsync(long position, CancellationToken cancellationToken)
    {
        JournalWaiter waiter;
        lock (_gate)
        {
            if (position <= _acknowledged) return ValueTask.CompletedTask;
            var batch = BatchOf(position);
            if (_failure is not null) throw Unavailable(batch.WasWritten);
            waiter = batch.AddWaiter();
        }
        return waiter.WaitAsync(cancellationToken);
    }

    /// <summary>The segment that was to follow and is not begun; null = none.</summary>
    public JournalSegment? Following
    {
        get
        {
            lock (_gate) return _filling.Segment;
        }
    }

    /// <summary>Lets a prepared segment follow, which the journal disposes.</summary>
    public void Follow(JournalSegment segment)
    {
        lock (_gate)
        {
            ThrowIfRefused();
            if (_filling.Segment is not null) throw new InvalidOperationException("Another segment is to follow already.");
            _filling.Segment = segment;
        }
    }

    /// <summary>
    /// Answers the sequence with which the segment begins that is to follow, everything before it lying in the segments before, and how many bytes came since the last checkpoint; null when none is to follow.
    /// </summary>
    public (long BaseSequence, long Bytes)? BeginCheckpoint()
    {
        lock (_gate)
        {
            ThrowIfRefused();
            if (_filling.Segment is null) return null;
            return (_filling.First > 0 ? _filling.First : _next, BytesSinceCheckpoint);
        }
    }

    /// <summary>Counts no longer what a checkpoint has made superfluous.</summary>
    public void EndCheckpoint(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>Makes everything that was committed so far safe, in every mode.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(LastSequence, cancellationToken).ConfigureAwait(false);
        if (_durability is not FileDurability.Always) Flush();
    }

    /// <summary>Writes what is waiting on this thread, and flushes it in every mode.</summary>
    public void Flush()
    {
        while (WriteNext()) { }
        lock (_disk)
        {
            lock (_gate) ThrowIfRefused();
            try
            {
                FlushSegment();
            }
            catch (Exception exception)
            {
                Fail(exception);
                throw Unavailable(mayHaveBeenWritten: true);
            }
        }
    }

    /// <summary>Has the journal flushed soon, by another thread.</summary>
    public void RequestFlush()
    {
        lock (_gate)
        {
            if (_failure is not null || _closed || _flushed == _next - 1) return;
            _flushWanted = true;
            Schedule();
        }
    }

    public void Fail(Exception exception)
    {
        List<JournalBatch> waiting;
        lock (_gate)
        {
            if (_failure is not null) return;
            Volatile.Write(ref _failure, exception);
            waiting = [.. _batches];
            if (_writing is not null) waiting.Add(_writing);
        }
        try
        {
            Failed?.Invoke(exception);
        }
        finally
        {
            foreach (var batch in waiting) batch.Complete(() => Unavailable(batch.WasWritten));
        }
    }

    /// <summary>Refuses commits from now on, writes what is waiting, marks the journal as closed in order, and flushes.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            if (_failure is not null)
            {
                // What was told to be safe and only the operating system has: with Always there is nothing of the kind.
                if (_flushed < _acknowledged) throw Unavailable(mayHaveBeenWritten: true);
                return;
            }
            if (_next == _opened)
            {
                Volatile.Write(ref _closed, true);
                return;
            }
        }
        Append(0, DateTimeOffset.UnixEpoch, JournalFormat.ClosedKind, default);
        lock (_gate) Volatile.Write(ref _closed, true);
        while (WriteNext()) { }
        lock (_disk)
        {
            if (_failure is not null) throw Unavailable(mayHaveBeenWritten: true);
            FlushSegment();
            _segment.Trim();
        }
    }

    public void Dispose()
    {
        lock (_disk)
        {
            lock (_gate) Volatile.Write(ref _closed, true);
            _segment.Dispose();
            foreach (var batch in _batches) batch.Segment?.Dispose();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (WriteNext()) Queue();
    }

    private long Append(int partition, DateTimeOffset time, int kind, ReadOnlySpan<byte> body)
    {
        if (body.Length > JournalFormat.MaximumBodyBytes) throw new InvalidOperationException($"A change takes {body.Length:N0} bytes, and the journal of a file store takes at most {JournalFormat.MaximumBodyBytes:N0} at a time. Nothing was written.");
        var bytes = JournalFormat.FrameBytes(body.Length);
        lock (_gate)
        {
            ThrowIfRefused();
            if (!_filling.HasRoomFor(bytes)) _batches.Enqueue(_filling = new(new byte[bytes]));
            _filling.Reserve(bytes);
            _filling.Add(_next, time, partition, kind, body);
            Schedule();
            return _next++;
        }
    }

    private void Schedule()
    {
        if (_scheduled) return;
        _scheduled = true;
        Queue();
    }

    // Behind those who were just acknowledged, see JournalWaiter.
    private void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Writes the oldest batch, if there is one; false when there is nothing left to do.</summary>
    private bool WriteNext()
    {
        lock (_disk)
        {
            JournalBatch? batch = null;
            bool flush;
            lock (_gate)
            {
                flush = _flushWanted;
                _flushWanted = false;
                if (_failure is not null || (_batches.Peek().First == 0 && !flush))
                {
                    _scheduled = false;
                    return false;
                }
                if (_batches.Peek().First > 0) batch = Take();
            }
            try
            {
                // First what was asked to be flushed, since batches may go on to come for ever.
                if (flush) FlushSegment();
                if (batch is not null) Write(batch);
            }
            catch (Exception exception)
            {
                Fail(exception);
                return false;
            }
            if (batch is null) return true;
            lock (_gate)
            {
                if (_failure is not null) return false;
                Volatile.Write(ref _acknowledged, batch.Last);
                _writing = null;
            }
            batch.Complete(failure: null);
            _spareBuffer = batch.TakeBuffer() ?? _spareBuffer;
        }
        Written?.Invoke();
        return true;
    }

    private JournalBatch BatchOf(long position)
    {
        if (_writing is { } writing && position <= writing.Last) return writing;
        foreach (var batch in _batches)
            if (position <= batch.Last) return batch;
        throw new InvalidOperationException("The position was never given.");
    }

    private JournalBatch Take()
    {
        _writing = _batches.Dequeue();
        if (_batches.Count == 0)
        {
            _batches.Enqueue(_filling = new(_spareBuffer ?? new byte[4096]));
            _spareBuffer = null;
        }
        return _writing;
    }

    private void Write(JournalBatch batch)
    {
        if (batch.Segment is { } next)
        {
            // What is in a segment is safe before the next one begins, in every mode: so only the last one can be torn.
            FlushSegment();
            _segment.Dispose();
            Volatile.Write(ref _segment, next);
            batch.Segment = null;
        }
        JournalFormat.Seal(batch.Frames, _segment.Store, _flushed);
        batch.WasWritten = true;
        _segment.Write(batch.Frames, batch.First);
        Interlocked.Add(ref _bytes, batch.Frames.Length);
        if (_durability is not FileDurability.Always) return;
        _segment.Flush();
        Volatile.Write(ref _flushed, batch.Last);
    }

    private void FlushSegment()
    {
        var last = Acknowledged;
        if (_flushed >= last) return;
        _segment.Flush();
        Volatile.Write(ref _flushed, last);
    }

    private void ThrowIfRefused()
    {
        if (_failure is not null) throw Unavailable(mayHaveBeenWritten: false);
        ObjectDisposedException.ThrowIf(_closed, typeof(FileStateProvider));
    }

    private StateUnavailableException Unavailable(bool mayHaveBeenWritten) =>
        new($"The journal of the store in '{_directory}' could not be written: {_failure!.Message} The store refuses to write from now on. Mend the cause, then open the store anew.", mayHaveBeenWritten, _failure);
}
