using Microsoft.Extensions.Logging;

namespace BluePlan.State.Storage;

/// <summary>An open store: the engine, the journal behind it, and the snapshots that keep the journal short.</summary>
internal sealed class FileStore : IAsyncDisposable
{
    // Slid expiry is worth little and comes often, so it is gathered, and nobody waits for it.
    private static readonly TimeSpan TouchInterval = TimeSpan.FromSeconds(1);

    private readonly StoreDirectory _directory;
    private readonly FileStateOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Journal _journal;
    private readonly SemaphoreSlim _files = new(1); // Held by whoever makes or deletes segments and snapshots.
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer[] _timers;
    private StoreIdentity _identity;
    private long _segmentNumber;
    private long _snapshotBytes;
    private int _background;

    private FileStore(StoreDirectory directory, FileStateOptions options, TimeProvider time, ILogger logger, StateEngine engine, Journal journal, StoreIdentity identity, long snapshotBytes)
    {
        (_directory, _options, _time, _logger, Engine, _journal) = (directory, options, time, logger, engine, journal);
        (_identity, _segmentNumber, _snapshotBytes) = (identity, journal.SegmentNumber, snapshotBytes);
        engine.Journal = journal;
        journal.Failed += exception => FileLog.JournalFailed(logger, exception, directory.Path);
        journal.Written += OnWritten;
        var touches = time.CreateTimer(static store => ((FileStore)store!).OnTouchTimer(), this, TouchInterval, TouchInterval);
        _timers = options.Durability is FileDurability.Interval ? [touches, time.CreateTimer(static store => ((FileStore)store!)._journal.RequestFlush(), this, options.FlushInterval, options.FlushInterval)] : [touches];
    }

    public StateEngine Engine { get; }

    public Journal Journal => _journal;

    /// <summary>How much journal makes a checkpoint due.</summary>
    private long DueBytes => Math.Max(_options.CheckpointBytes, Volatile.Read(ref _snapshotBytes));

    /// <summary>Locks the directory and reads what is in it, or makes a new store.</summary>
    public static FileStore Open(IFileSystem files, string path, FileStateOptions options, int partitionCount, TimeProvider time, ILogger logger)
    {
        var started = time.GetTimestamp();
        var directory = StoreDirectory.Open(files, path, partitionCount, time.GetUtcNow());
        JournalSegment? segment = null;
        try
        {
            if (directory.IsNew) FileLog.Made(logger, path, partitionCount);
            if (files.NetworkKind(path) is { } kind) FileLog.OnNetwork(logger, path, kind);
            directory.DeleteLeftOvers();
            var engine = new StateEngine(partitionCount, time);
            var (header, positions, snapshotBytes) = LoadSnapshot(directory, engine);
            var replay = new JournalReplay(directory, engine, header.Store, positions, logger);
            segment = replay.Run(header.SegmentNumber, header.BaseSequence);
            DeleteBefore(directory, header.SegmentNumber);
            engine.Sweep(CancellationToken.None);
            FileLog.Opened(logger, path, engine.Partitions.Sum(static p => (long)p.Keys.Count), replay.Bytes, (long)time.GetElapsedTime(started).TotalMilliseconds);
            return new(directory, options, time, logger, engine, new(path, options.Durability, segment, replay.LastSequence, replay.Bytes), header.Store, snapshotBytes);
        }
        catch
        {
            segment?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Removes what has expired, and writes a snapshot when that would shorten what is on disk noticeably.</summary>
    public async ValueTask MaintainAsync(CancellationToken cancellationToken)
    {
        Engine.Sweep(cancellationToken);
        // Half of what an opening would have to read is journal: then a snapshot pays, long before one is due while nobody maintains the store.
        if (_journal.BytesSinceCheckpoint > Math.Max(1 << 20, Volatile.Read(ref _snapshotBytes))) await CheckpointAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a snapshot of everything and deletes the journal that it makes superfluous. Writers go on meanwhile.</summary>
    public ValueTask CheckpointAsync(CancellationToken cancellationToken) => AloneAsync(WriteSnapshotAsync, cancellationToken);

    /// <summary>Puts what an import brings in the place of everything there is, on disk and in memory, or leaves all as it was.</summary>
    public ValueTask ReplaceAsync(Replacement replacement, CancellationToken cancellationToken) => AloneAsync(token =>
    {
        var identity = _identity with { Epoch = _identity.Epoch + 1 };
        var bytes = new StoreReplacement(_directory, Engine, _journal, PrepareFollowing).Run(replacement, _identity, identity, _time, token);
        _identity = identity;
        Volatile.Write(ref _snapshotBytes, bytes);
        DeleteBefore(_directory, _segmentNumber);
        return ValueTask.CompletedTask;
    }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (var timer in _timers) await timer.DisposeAsync().ConfigureAwait(false);
        await _files.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        Engine.Watchers.Close();
        try
        {
            Engine.JournalTouches();
            _journal.Close();
            FileLog.Closed(_logger, _directory.Path);
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception) || exception is StateUnavailableException)
        {
            FileLog.NotClosed(_logger, exception, _directory.Path, _options.Durability);
            if (_options.Durability is not FileDurability.Always) throw StoreErrors.Unavailable("could not be flushed when it was closed", _directory.Path, exception, mayHaveBeenWritten: true);
        }
        finally
        {
            _journal.Dispose();
            _directory.Dispose();
            _files.Release();
        }
    }

    private async ValueTask AloneAsync(Func<CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            await _files.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                _directory.DeleteLeftOvers();
                await work(either.Token).ConfigureAwait(false);
            }
            finally
            {
                _files.Release();
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(FileStateProvider));
        }
    }

    private static (SnapshotHeader Header, long[] Positions, long Bytes) LoadSnapshot(StoreDirectory directory, StateEngine engine)
    {
        var marker = directory.Marker;
        if (directory.Snapshots() is not [.., var newest]) return (new(new(marker.StoreId, 0), marker.PartitionCount, 1, 1), new long[marker.PartitionCount], 0);
        using var snapshot = SnapshotReader.Open(directory.Files, directory.PathOf(StoreNames.Snapshot(newest)), marker.StoreId, marker.PartitionCount, newest);
        snapshot.Load(engine);
        return (snapshot.Header, snapshot.Positions, snapshot.Bytes);
    }

    /// <summary>Deletes what a snapshot has made superfluous.</summary>
    private static void DeleteBefore(StoreDirectory directory, long segmentNumber)
    {
        foreach (var number in directory.Snapshots().Where(n => n < segmentNumber)) directory.Files.Delete(directory.PathOf(StoreNames.Snapshot(number)));
        foreach (var number in directory.Segments().Where(n => n < segmentNumber)) directory.Files.Delete(directory.PathOf(StoreNames.Segment(number)));
    }

    private async ValueTask WriteSnapshotAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        long baseSequence;
        // The segment may be begun before it is asked for.
        while (true)
        {
            PrepareFollowing();
            if (_journal.BeginCheckpoint() is not { } first) continue;
            baseSequence = first;
            break;
        }
        var name = StoreNames.Snapshot(_segmentNumber);
        long bytes;
        using (var writer = new SnapshotWriter(_directory.Files, _directory.PathOf(name + StoreNames.Temporary), _identity, Engine.Partitions.Count))
        {
            foreach (var partition in Engine.Partitions) Write(writer, partition, cancellationToken);
            // A snapshot must not hold what the journal could still lose: its sequences would be given again.
            await _journal.FlushAsync(cancellationToken).ConfigureAwait(false);
            writer.Complete(_segmentNumber, baseSequence);
            bytes = writer.Bytes;
        }
        _directory.Publish(name);
        Volatile.Write(ref _snapshotBytes, bytes);
        DeleteBefore(_directory, _segmentNumber);
        FileLog.CheckpointWritten(_logger, _directory.Path, bytes, (long)_time.GetElapsedTime(started).TotalMilliseconds);
    }

    private void Write(SnapshotWriter writer, Partition partition, CancellationToken cancellationToken)
    {
        var (keys, position, now) = Engine.Capture(partition);
        writer.Begin(partition.Number, keys.Count, position);
        foreach (var node in keys.Nodes())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Partition.IsExpired(node, now)) continue;
            foreach (var record in StoredParts.Of(node.Key(partition.Number), node.Content)) writer.Write(record);
        }
    }

    /// <summary>Sees to it that a segment follows the one that is being written.</summary>
    private JournalSegment PrepareFollowing()
    {
        if (_journal.Following is { } following) return following;
        var segment = _directory.PrepareSegment(_identity, _segmentNumber + 1);
        try
        {
            _journal.Follow(segment);
            _segmentNumber++;
            return segment;
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    private void OnTouchTimer()
    {
        try
        {
            Engine.JournalTouches();
        }
        catch (Exception exception) when (exception is StateUnavailableException or ObjectDisposedException)
        {
            // The journal has just failed or been closed, and has said so; what was touched keeps the expiry that it had.
        }
    }

    private void OnWritten()
    {
        var (checkpoint, rotate) = (_journal.BytesSinceCheckpoint >= DueBytes, _journal.IsSegmentFull);
        if ((!checkpoint && !rotate) || Interlocked.Exchange(ref _background, 1) == 1) return;
        _ = Task.Run(() => WorkAsync(checkpoint));
    }

    private async Task WorkAsync(bool checkpoint)
    {
        try
        {
            if (checkpoint) await CheckpointAsync(_closing.Token).ConfigureAwait(false);
            else await AloneAsync(_ => new(Task.FromResult(PrepareFollowing())), _closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && _closing.IsCancellationRequested)
        {
            // The store is being closed; the journal holds everything.
        }
        catch (Exception exception)
        {
            if (checkpoint) FileLog.CheckpointFailed(_logger, exception, _directory.Path);
            else FileLog.SegmentNotPrepared(_logger, exception, _directory.Path);
        }
        finally
        {
            Volatile.Write(ref _background, 0);
        }
    }
}
