using Microsoft.Extensions.Logging;

namespace BluePlan.State.Storage;

/// <summary>An open store: the engine, the journal behind it, and the snapshots that keep the journal short.</summary>
/// <remarks>
/// Opening reads every byte and checks it, and takes hardly longer than that. Making keys and values in memory of it takes several times as long, mostly for the garbage collector, so that happens afterwards, one
/// partition after the other, and at once for a partition that somebody asks for.
/// </remarks>
internal sealed class FileStore : IAsyncDisposable
{
    // Slid expiry is worth little and comes often, so it is gathered, and nobody waits for it.
    private static readonly TimeSpan TouchInterval = TimeSpan.FromSeconds(1);

    private readonly StoreDirectory _directory;
    private readonly FileStateOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Journal _journal;
    private readonly JournalSegments _segments;
    private readonly SemaphoreSlim _files = new(1); // Held by whoever makes or deletes snapshots.
    private readonly Lock _proving = new(); // Held while the directory is looked at in the background, and while it is let go.
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer[] _timers;
    private readonly long _openedAt;
    private long _snapshotBytes;
    private long _postponedBytes;
    private long _postponedLength;
    private long _mostKeys;
    private int _provesSoon;
    private int _checkpointing;
    private int _isClosed;
    private int _rotating;

    private FileStore(StoreDirectory directory, FileStateOptions options, TimeProvider time, ILogger logger, StateEngine engine, Journal journal, StoreIdentity identity, long snapshotBytes, long? readKeys)
    {
        (_directory, _options, _time, _logger, Engine, _journal) = (directory, options, time, logger, engine, journal);
        _openedAt = journal.Acknowledged;
        (_segments, _snapshotBytes, _mostKeys) = (new(directory, journal, identity), snapshotBytes, readKeys ?? 0);
        engine.Journal = journal;
        journal.Failed += OnFailed;
        journal.Written += OnWritten;
        var touches = time.CreateTimer(static store => ((FileStore)store!).OnTouchTimer(), this, TouchInterval, TouchInterval);
        Built = readKeys is null ? OwnThread.RunAsync(BuildInBackground) : Task.CompletedTask;
        _timers = options.Durability is FileDurability.Interval ? [touches, time.CreateTimer(static store => ((FileStore)store!)._journal.RequestFlush(), this, options.FlushInterval, options.FlushInterval)] : [touches];
    }

    public StateEngine Engine { get; }

    public Journal Journal => _journal;

    /// <summary>Which store it is.</summary>
    public UInt128 Id => _directory.Marker.StoreId;

    /// <summary>What opening it answers.</summary>
    public StateStoreInfo Info => _directory.Info;

    /// <summary>Whether its journal has failed: it can be read, and written again once it has been opened anew.</summary>
    public bool HasFailed => _journal.HasFailed;

    /// <summary>Whether it has made a commit safe since it was opened.</summary>
    public bool HasAcknowledged => _journal.Acknowledged > _openedAt;

    /// <summary>Ends when everything that opening read is in memory.</summary>
    public Task Built { get; }

    /// <summary>How much journal makes a checkpoint due.</summary>
    private long DueBytes => Math.Max(Math.Max(_options.CheckpointBytes, Volatile.Read(ref _snapshotBytes)), Volatile.Read(ref _postponedBytes));

    private long KeyCount => Engine.Partitions.Sum(static p => (long)p.Keys.Count);

    /// <summary>Locks the directory and reads what is in it, or makes a new store.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The directory.</param>
    /// <param name="options">The settings.</param>
    /// <param name="open">What opening may do, and the number of partitions.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets what happens to the store.</param>
    /// <param name="former">The closed store of this directory that it takes the place of; its watchers go on. Null = none.</param>
    public static FileStore Open(IFileSystem files, string path, FileStateOptions options, StateOpenOptions open, TimeProvider time, ILogger logger, FileStore? former = null)
    {
        var started = time.GetTimestamp();
        var directory = StoreDirectory.Open(files, path, open, options.RequirePrivateDirectory, time.GetUtcNow(), former?.Id);
        try
        {
            var partitionCount = directory.Marker.PartitionCount;
            if (directory.IsNew) FileLog.Made(logger, directory.Path, partitionCount);
            if (files.NetworkKind(path) is { } kind) FileLog.OnNetwork(logger, directory.Path, kind);
            directory.DeleteLeftOvers();
            var contents = PartitionContents.For(partitionCount);
            var (header, positions, snapshotBytes) = ReadSnapshot(directory, contents);
            var replay = new JournalReplay(directory.Files, header.Store, positions, directory.ReadAndKeep, all => { foreach (var frames in all) contents[frames.Partition].Add(frames); }, logger);
            var (number, end) = replay.Read(header.SegmentNumber, header.BaseSequence);
            var engine = new StateEngine(partitionCount, time, former?.Engine.Watchers);
            var isSmall = snapshotBytes + replay.Bytes <= options.SmallBytes;
            for (var i = 0; i < contents.Length; i++) engine.Partitions[i].BuildLater(isSmall ? contents[i].Build : contents[i].BuildLater);
            long? readKeys = isSmall ? Build(engine, time, CancellationToken.None) : null;
            var segment = replay.Open(directory, number, end);
            StoreErrors.Try(() =>
            {
                // The process that renamed the snapshot may have ended before that was safe, and a crash may keep a deletion alone.
                if (snapshotBytes > 0) directory.FlushRenamed();
                directory.DeleteBefore(header.SegmentNumber);
            }, exception => FileLog.SuperfluousNotDeleted(logger, exception, directory.Path));
            FileLog.Opened(logger, directory.Path, partitionCount, options.Durability, snapshotBytes, replay.Bytes, (long)time.GetElapsedTime(started).TotalMilliseconds);
            var journal = new Journal(directory, options.Durability, segment, replay.LastSequence, replay.Bytes);
            journal.ReserveAhead();
            return new(directory, options, time, logger, engine, journal, header.Store, snapshotBytes, readKeys);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Removes what has expired from memory, and writes a snapshot when that rids the disk of a good part of what is there.</summary>
    public async ValueTask MaintainAsync(CancellationToken cancellationToken)
    {
        ProveOwnership();
        await Built.WaitAsync(cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(FileStateProvider)); // Else it would build what nobody asks for any more.
        _mostKeys = Math.Max(_mostKeys, KeyCount);
        Engine.Sweep(cancellationToken);
        // Half of what an opening would have to read is journal: then a snapshot pays, long before one is due while nobody maintains the store.
        var mostlyJournal = _journal.BytesSinceCheckpoint > Math.Max(1 << 20, Volatile.Read(ref _snapshotBytes));
        // Half of the keys are gone from memory: they leave the disk too, also when nobody writes any more.
        if (mostlyJournal || KeyCount * 2 <= _mostKeys - 1) await CheckpointAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a snapshot of everything and deletes the journal that it makes superfluous. Writers go on meanwhile.</summary>
    public ValueTask CheckpointAsync(CancellationToken cancellationToken) => AloneAsync(async token =>
    {
        var started = _time.GetTimestamp();
        try
        {
            Succeeded(await new StoreCheckpoint(_directory, Engine, _journal, _segments, Volatile.Read(ref _snapshotBytes) + _journal.BytesSinceCheckpoint, _logger).RunAsync(token).ConfigureAwait(false));
        }
        catch
        {
            // Not again with each batch that follows.
            Volatile.Write(ref _postponedBytes, _journal.BytesSinceCheckpoint + _options.CheckpointBytes / 4);
            throw;
        }
        FileLog.CheckpointWritten(_logger, _directory.Path, _snapshotBytes, (long)_time.GetElapsedTime(started).TotalMilliseconds);
    }, cancellationToken);

    /// <summary>Puts what an import brings in the place of everything there is, on disk and in memory, or leaves all as it was.</summary>
    public ValueTask ReplaceAsync(Replacement replacement, CancellationToken cancellationToken) => AloneAsync(token =>
    {
        Succeeded(new StoreReplacement(_directory, Engine, _journal, _segments, _logger).Run(replacement, _time, token));
        return ValueTask.CompletedTask;
    }, cancellationToken);

    public ValueTask DisposeAsync()
    {
        Engine.Watchers.Close();
        return new(OwnThread.RunAsync(Close));
    }

    /// <summary>Writes what is left and lets the directory go. What is in memory can still be read, and watched.</summary>
    /// <remarks>Blocks until a checkpoint or maintenance that is at work has ended, which may need a thread of the pool.</remarks>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        _closing.Cancel();
        foreach (var timer in _timers) timer.Dispose();
        Task.WaitAny(Built); // The directory must be let go, whatever has failed there.
        _files.Wait(CancellationToken.None);
        _segments.Close();
        try
        {
            Engine.JournalTouches(all: true);
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
            lock (_proving) _directory.Dispose();
            _files.Release();
        }
    }

    /// <summary>Closes a store that has failed, to be opened anew. What could not be flushed, and was acknowledged under a durability that allows that, is logged.</summary>
    public void CloseFailed()
    {
        try
        {
            Close();
        }
        catch (StateUnavailableException)
        {
            // Closing has logged it; opening shows what is there.
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
                await work(either.Token).ConfigureAwait(false);
            }
            catch (StoreLostException loss)
            {
                throw Lost(loss);
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
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    /// <summary>Builds all partitions and removes what has expired. Answers how many keys there were before.</summary>
    private static long Build(StateEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        long keys = 0;
        foreach (var partition in engine.Partitions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            keys += partition.Keys.Count;
            partition.SweepAll(time.GetUtcNow(), cancellationToken);
        }
        return keys;
    }

    private void BuildInBackground()
    {
        var started = _time.GetTimestamp();
        try
        {
            var keys = Build(Engine, _time, _closing.Token);
            Volatile.Write(ref _mostKeys, keys);
            FileLog.Built(_logger, _directory.Path, keys, (long)_time.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The store is being closed, and nobody will ask any more.
        }
        catch (StateCorruptionException exception)
        {
            // Whoever asks for something of that partition is told so too.
            FileLog.NotBuilt(_logger, exception, _directory.Path);
        }
    }

    private static (SnapshotHeader Header, long[] Positions, long Bytes) ReadSnapshot(StoreDirectory directory, PartitionContents[] contents)
    {
        var marker = directory.Marker;
        if (directory.Snapshots() is not [.., var newest]) return (new(new(marker.StoreId, marker.PartitionCount, 0), 1, 1), new long[marker.PartitionCount], 0);
        var name = StoreNames.Snapshot(newest);
        var snapshot = SnapshotReader.Open(directory.OpenAndKeep(name), directory.PathOf(name), marker, newest);
        foreach (var blocks in snapshot.ReadBlocks()) contents[blocks.Key].Add(blocks);
        return (snapshot.Header, snapshot.Positions, snapshot.Bytes);
    }

    private void Succeeded(long snapshotBytes)
    {
        Volatile.Write(ref _snapshotBytes, snapshotBytes);
        Volatile.Write(ref _postponedBytes, 0);
        _mostKeys = KeyCount;
    }

    private void OnFailed(Exception exception)
    {
        if (exception is StoreLostException) FileLog.Lost(_logger, exception, _directory.Path);
        else FileLog.JournalFailed(_logger, exception, _directory.Path);
    }

    /// <summary>Ends the journal when the next opening would not find what it writes.</summary>
    /// <exception cref="StateUnavailableException">It is so.</exception>
    public void ProveOwnership()
    {
        try
        {
            _directory.Prove();
        }
        catch (StoreLostException loss)
        {
            throw Lost(loss);
        }
    }

    private StateUnavailableException Lost(StoreLostException loss)
    {
        _journal.Fail(loss);
        return StoreErrors.Lost(_directory.Path, loss, mayHaveBeenWritten: false);
    }

    // Commits prove it too; this is for a store that is only read. Not by the timer itself, which a disk that hangs would hold up again and again.
    private void ProveSoon()
    {
        if (_journal.IsWritable && Interlocked.Exchange(ref _provesSoon, 1) == 0) _ = Task.Run(TryProveOwnership);
    }

    private void TryProveOwnership()
    {
        try
        {
            lock (_proving)
                if (!_closing.IsCancellationRequested) ProveOwnership();
        }
        catch (Exception exception) when (exception is StateUnavailableException || StoreErrors.IsOfFiles(exception))
        {
            // The journal has ended and has said so; or the files cannot be looked at just now, and the next commit will tell.
        }
        finally
        {
            Volatile.Write(ref _provesSoon, 0);
        }
    }

    private void OnTouchTimer()
    {
        ProveSoon();
        try
        {
            Engine.JournalTouches(all: false);
        }
        catch (Exception exception) when (exception is StateUnavailableException or ObjectDisposedException)
        {
            // The journal has just failed or been closed, and has said so; what was touched keeps the expiry that it had.
        }
    }

    private void OnWritten()
    {
        CheckpointIfDue();
        // Also beside a checkpoint, which may take long.
        if (_journal.SegmentLength > Math.Max(_options.SegmentBytes, Volatile.Read(ref _postponedLength)) && Interlocked.Exchange(ref _rotating, 1) == 0) _ = Task.Run(Rotate);
    }

    private void CheckpointIfDue()
    {
        if (_journal.BytesSinceCheckpoint >= DueBytes && Interlocked.Exchange(ref _checkpointing, 1) == 0) _ = Task.Run(CheckpointDueAsync);
    }

    private async Task CheckpointDueAsync()
    {
        var isWritten = false;
        try
        {
            await CheckpointAsync(_closing.Token).ConfigureAwait(false);
            isWritten = true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && _closing.IsCancellationRequested)
        {
            // The store is being closed; the journal holds everything.
        }
        catch (StateUnavailableException exception) when (exception.InnerException is StoreLostException)
        {
            // The journal has ended, and has said so.
        }
        catch (Exception exception)
        {
            FileLog.CheckpointFailed(_logger, exception, _directory.Path);
        }
        finally
        {
            Volatile.Write(ref _checkpointing, 0);
        }
        // Writers went on meanwhile, and may not write again soon.
        if (isWritten) CheckpointIfDue();
    }

    /// <summary>Has another segment follow; what hinders that is logged.</summary>
    public void Rotate()
    {
        try
        {
            _segments.PrepareFollowing();
            Volatile.Write(ref _postponedLength, 0);
        }
        catch (ObjectDisposedException) when (_closing.IsCancellationRequested)
        {
            // The store is being closed, and needs no segment any more.
        }
        catch (StoreLostException loss)
        {
            _journal.Fail(loss);
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _postponedLength, _journal.SegmentLength + _options.SegmentBytes / 4);
            FileLog.SegmentNotPrepared(_logger, exception, _directory.Path);
        }
        finally
        {
            Volatile.Write(ref _rotating, 0);
        }
    }
}
