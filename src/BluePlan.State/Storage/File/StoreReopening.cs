namespace BluePlan.State.Storage;

/// <summary>
/// Opens a store whose journal has failed anew, as a restart of the process would: everything is read from the disk,
/// since nothing else tells what a failed write or flush has left there.
/// </summary>
/// <param name="open">Opens the directory of a closed store, which must hold that store.</param>
/// <param name="opened">Gets the store that takes the failed one's place.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreReopening(Func<FileStore, FileStore> open, Action<FileStore> opened, TimeProvider time)
{
    // A disk that fails again at once is not read again with each call.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private List<ReliefSource<FileStore>>? _waiting; // The callers that wait for the current attempt; null if there is no attempt.
    private Task _attempt = Task.CompletedTask;
    private bool _isOver;
    private FileStore? _last;
    private TimeSpan _pause;
    private long _ended;

    /// <summary>Answers the store that takes a failed one's place. Those who come meanwhile share one attempt.</summary>
    /// <returns>The one that failed last if it is too early for another attempt.</returns>
    /// <exception cref="Exception">It cannot be opened.</exception>
    public Task<FileStore> FromAsync(FileStore failed, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, typeof(FileStateProvider));
            if (_waiting is null)
            {
                // Another caller has opened it meanwhile.
                if (_last is { HasFailed: false } last) return Task.FromResult(last);
                // That one has failed too since. It has the directory; the one that the caller came to is closed already.
                failed = _last ?? failed;
                // The one that was opened last did well for a while, so this failure is a new one.
                if (_last is { } before && before.HasAcknowledged) _pause = TimeSpan.Zero;
                if (_pause > TimeSpan.Zero && time.GetElapsedTime(_ended) < _pause) return Task.FromResult(failed);
                _waiting = [];
                _attempt = OwnThread.RunAsync(() => Attempt(failed));
            }
            var waiter = new ReliefSource<FileStore>();
            _waiting.Add(waiter);
            return waiter.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Lets nobody try again, and waits for who does.</summary>
    public async ValueTask EndAsync()
    {
        Task running;
        lock (_gate) (_isOver, running) = (true, _attempt);
        await running.ConfigureAwait(false);
    }

    private void Attempt(FileStore failed)
    {
        FileStore? store = null;
        Exception? failure = null;
        try
        {
            store = Reopen(failed);
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        List<ReliefSource<FileStore>> waiting;
        lock (_gate)
        {
            _ended = time.GetTimestamp();
            _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            (waiting, _waiting) = (_waiting!, null);
        }
        foreach (var waiter in waiting) waiter.End(store, failure);
        PoolRelief.Queue(waiting);
    }

    // Nothing in it is awaited, since callers may block all threads of the pool until it is done.
    private FileStore Reopen(FileStore failed)
    {
        failed.CloseFailed();
        var store = open(failed);
        lock (_gate) _last = store;
        opened(store);
        // What was acknowledged is unchanged, but a commit that was not may be there after all.
        store.Engine.Watchers.SignalAll();
        return store;
    }
}
