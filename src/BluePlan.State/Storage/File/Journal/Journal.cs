namespace BluePlan.State.Storage;

/// <summary>
/// Writes commits to disk in the order of their sequence. Commits that come while others are being written form the next batch, and share one flush: <see cref="JournalQueue"/> is what waits,
/// <see cref="JournalWriter"/> is the disk, and this decides who writes when, and ends everything after a failure. A batch is written by a thread of the pool, which a lone caller's own thread is as soon as it
/// awaits, so that no commit wakes a thread that was not awake. Callers who block the pool's threads until they are acknowledged are no hindrance, see <see cref="PoolRelief"/>.
/// </summary>
/// <remarks>
/// A commit is taken when the disk has given space for it. One for which it has none is refused and leaves no trace, and the next one may succeed. After any failure to write or flush nothing is acknowledged and nothing written any more: what is on disk then, only a reader of the disk can tell, and a second flush may succeed without having
/// written what the first one lost (A. Rebello et al., "Can Applications Recover from fsync Failures?", ATC 2020).
/// </remarks>
internal sealed class Journal : ReliefWork, ICommitJournal, IDisposable
{
    private readonly string _directory;
    private readonly FileDurability _durability;
    private readonly Lock _gate = new();  // Held for moments, by everybody.
    private readonly Lock _disk = new();  // Held while writing, by whoever does; taken before the gate.
    private readonly JournalQueue _queue;
    private readonly JournalWriter _writer;
    private readonly long _opened;
    private long _acknowledged;
    private bool _scheduled;
    private bool _flushWanted;
    private bool _closed;
    private Exception? _failure;

    /// <param name="directory">The store.</param>
    /// <param name="durability">When a commit is acknowledged.</param>
    /// <param name="segment">Where to go on.</param>
    /// <param name="lastSequence">The last sequence that is on disk, flushed.</param>
    /// <param name="bytes">How many bytes came since the last checkpoint.</param>
    public Journal(StoreDirectory directory, FileDurability durability, JournalSegment segment, long lastSequence, long bytes)
    {
        (_directory, _durability, _acknowledged, _opened) = (directory.Path, durability, lastSequence, lastSequence + 1);
        (_queue, _writer) = (new(_opened, segment), new(directory, durability, segment, lastSequence, bytes));
    }

    /// <summary>Called after each batch, on the thread that wrote it.</summary>
    public event Action? Written;

    /// <summary>Called once, with what ended the journal.</summary>
    public event Action<Exception>? Failed;

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>
    /// Whether it has failed: then only opening the store anew tells what is on disk. A store whose path leads elsewhere
    /// is not opened anew by itself: what stands there is not what was acknowledged.
    /// </summary>
    public bool HasFailed => Volatile.Read(ref _failure) is not (null or StoreLostException);

    public bool IsWritable => Volatile.Read(ref _failure) is null && !Volatile.Read(ref _closed);

    /// <summary>How many bytes came since the last checkpoint.</summary>
    public long BytesSinceCheckpoint => _writer.BytesSinceCheckpoint;

    /// <summary>The number of the segment that is being written.</summary>
    public long SegmentNumber => _writer.SegmentNumber;

    /// <summary>How long that segment is.</summary>
    public long SegmentLength => _writer.SegmentLength;

    /// <summary>The last sequence that was given.</summary>
    public long LastSequence
    {
        get
        {
            lock (_gate) return _queue.Next - 1;
        }
    }

    public long Append(int partition, DateTimeOffset time, IReadOnlyList<StateChange> changes) => Append(partition, time, JournalFormat.CommitKind, JournalBody.Of(changes));

    public ValueTask<T> WaitAsync<T>(long position, T answer, bool wrote, CancellationToken cancellationToken)
    {
        JournalWaiter<T> waiter;
        lock (_gate)
        {
            if (position <= _acknowledged) return new(answer);
            var batch = _queue.BatchOf(position);
            if (_failure is not null) return ValueTask.FromException<T>(Unavailable(wrote && batch.WasWritten));
            batch.AddWaiter(waiter = new(answer, wrote));
        }
        return waiter.WaitAsync(cancellationToken);
    }

    /// <summary>The segment that was to follow and is not begun; null = none.</summary>
    public JournalSegment? Following
    {
        get
        {
            lock (_gate) return _queue.Following;
        }
    }

    /// <summary>Lets a prepared segment follow, which the journal disposes.</summary>
    public void Follow(JournalSegment segment)
    {
        lock (_gate)
        {
            ThrowIfRefused();
            _queue.Follow(segment);
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
            return _queue.Following is null ? null : (_queue.FollowingFirst, BytesSinceCheckpoint);
        }
    }

    /// <summary>Counts no longer what a checkpoint has made superfluous.</summary>
    public void EndCheckpoint(long bytes) => _writer.EndCheckpoint(bytes);

    /// <summary>Makes everything that was committed so far safe, in every mode.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(LastSequence, true, wrote: false, cancellationToken).ConfigureAwait(false);
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
                _writer.Flush();
            }
            catch (Exception exception)
            {
                Fail(exception);
                // Who asks for this has written nothing that the flush was to make safe.
                throw Unavailable(mayHaveBeenWritten: false);
            }
        }
    }

    /// <summary>Has the journal flushed soon, by another thread.</summary>
    public void RequestFlush()
    {
        lock (_gate)
        {
            if (_failure is not null || _closed || _writer.Flushed == _queue.Next - 1) return;
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
            waiting = _queue.All;
        }
        try
        {
            Failed?.Invoke(exception);
        }
        finally
        {
            foreach (var batch in waiting) batch.Complete(waiter => Unavailable(waiter.Wrote && batch.WasWritten));
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
                if (_writer.Flushed < _acknowledged) throw Unavailable(mayHaveBeenWritten: true);
                return;
            }
            if (_queue.Next == _opened)
            {
                Volatile.Write(ref _closed, true);
                return;
            }
        }
        lock (_gate)
        {
            // A full disk may have no space for the mark; what is written is read back without it.
            StoreErrors.Try(() => _queue.Add(DateTimeOffset.UnixEpoch, 0, JournalFormat.ClosedKind, default), static _ => { });
            Volatile.Write(ref _closed, true);
        }
        while (WriteNext()) { }
        lock (_disk)
        {
            if (_failure is not null) throw Unavailable(mayHaveBeenWritten: true);
            _writer.Flush();
            _writer.Trim();
        }
    }

    public void Dispose()
    {
        lock (_disk)
        {
            lock (_gate) Volatile.Write(ref _closed, true);
        }
    }

    protected override void Run()
    {
        if (WriteNext()) Queue();
    }

    private long Append(int partition, DateTimeOffset time, int kind, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            ThrowIfRefused();
            var sequence = Add(time, partition, kind, body);
            Schedule();
            return sequence;
        }
    }

    private long Add(DateTimeOffset time, int partition, int kind, ReadOnlySpan<byte> body)
    {
        try
        {
            return _queue.Add(time, partition, kind, body);
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception))
        {
            throw new StateUnavailableException($"The disk of the store in '{_directory}' gives no space for a commit: {ShownPath.Of(exception.Message)} Nothing was written. Free space and repeat the call.", mayHaveBeenWritten: false, exception);
        }
    }

    private void Schedule()
    {
        if (_scheduled) return;
        _scheduled = true;
        Queue();
    }

    // Behind those who were just acknowledged, see JournalWaiter.
    private void Queue() => PoolRelief.Queue(this);

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
                if (_failure is not null || (_queue.IsEmpty && !flush))
                {
                    _scheduled = false;
                    return false;
                }
                if (!_queue.IsEmpty) batch = _queue.Take();
            }
            try
            {
                // First what was asked to be flushed, since batches may go on to come for ever.
                if (flush) _writer.Flush();
                if (batch is not null) _writer.Write(batch);
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
                _queue.Written();
            }
            batch.Complete(failure: null);
            ReserveAhead();
        }
        Written?.Invoke();
        return true;
    }

    /// <summary>Gets space for commits to come, so that none of them has to under its locks.</summary>
    public void ReserveAhead()
    {
        JournalSegment segment;
        lock (_gate) segment = _queue.Target;
        // Where there is none, the first commit that needs it says so.
        if (segment.IsShort) StoreErrors.Try(segment.ReserveAhead, static _ => { });
    }

    private void ThrowIfRefused()
    {
        if (_failure is not null) throw Unavailable(mayHaveBeenWritten: false);
        ObjectDisposedException.ThrowIf(_closed, typeof(FileStateProvider));
    }

    private StateUnavailableException Unavailable(bool mayHaveBeenWritten) =>
        _failure is StoreLostException ? StoreErrors.Lost(_directory, _failure, mayHaveBeenWritten)
        : new($"The journal of the store in '{_directory}' could not be written: {ShownPath.Of(_failure!.Message)} The store refuses to write until it has been opened anew, which a later call tries.", mayHaveBeenWritten, _failure);
}
