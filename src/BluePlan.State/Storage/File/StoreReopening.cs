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
    private Task<FileStore>? _attempt;
    private bool _isOver;
    private FileStore? _last;
    private TimeSpan _pause;
    private long _ended;

    /// <summary>Answers the store that takes a failed one's place. Those who come meanwhile share one attempt.</summary>
    /// <returns>The failed one itself if it is too early for another attempt.</returns>
    /// <exception cref="Exception">It cannot be opened.</exception>
    public Task<FileStore> FromAsync(FileStore failed, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, typeof(FileStateProvider));
            if (_attempt is { IsCompleted: false } running) return running.WaitAsync(cancellationToken);
            // Another caller has opened it meanwhile.
            if (_last is { HasFailed: false } last) return Task.FromResult(last);
            // The one that was opened last did well for a while, so this failure is a new one.
            if (_last is { } before && before.HasAcknowledged) _pause = TimeSpan.Zero;
            if (_pause > TimeSpan.Zero && time.GetElapsedTime(_ended) < _pause) return Task.FromResult(failed);
            _attempt = OwnThread.RunAsync(() => ReopenAsync(failed));
            return _attempt.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Lets nobody try again, and waits for who does.</summary>
    public async ValueTask EndAsync()
    {
        Task<FileStore>? running;
        lock (_gate) (_isOver, running) = (true, _attempt);
        if (running is not null) await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<FileStore> ReopenAsync(FileStore failed)
    {
        try
        {
            await failed.CloseFailedAsync().ConfigureAwait(false);
            var store = open(failed);
            lock (_gate) _last = store;
            opened(store);
            // What was acknowledged is unchanged, but a commit that was not may be there after all.
            store.Engine.Watchers.SignalAll();
            return store;
        }
        finally
        {
            lock (_gate)
            {
                _ended = time.GetTimestamp();
                _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            }
        }
    }
}
