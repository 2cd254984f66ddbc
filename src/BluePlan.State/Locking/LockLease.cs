using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="ILockLease"/>
internal sealed class LockLease : ILockLease
{
    private const int Held = 0, Expired = 1, Taken = 2, Released = 3;

    private readonly StateScope _scope;
    private readonly LockServices _services;
    private readonly StateETag _etag;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _lost = new();
    private readonly SemaphoreSlim _extending = new(1);
    private readonly ITimer _renewal;
    private readonly ITimer _expiry;
    private long _proof;
    private int _state;
    private volatile bool _gone;

    /// <param name="scope">The store and tenant.</param>
    /// <param name="keys">Where the lock lies.</param>
    /// <param name="services">What all locks share.</param>
    /// <param name="etag">The lease's tag, which it has for as long as it is held.</param>
    /// <param name="token">The fencing token.</param>
    /// <param name="sent">The clock's timestamp before the acquisition was sent.</param>
    public LockLease(StateScope scope, LockKeys keys, LockServices services, StateETag etag, long token, long sent)
    {
        (_scope, Keys, _services, _etag, FencingToken, _proof) = (scope, keys, services, etag, token, sent);
        _duration = services.Options.LeaseDuration;
        Lost = _lost.Token;
        _expiry = scope.Time.CreateTimer(static lease => ((LockLease)lease!).OnExpiry(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _renewal = scope.Time.CreateTimer(static lease => _ = ((LockLease)lease!).RenewAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _expiry.Change(Left, Timeout.InfiniteTimeSpan);
        _renewal.Change(RenewEvery, Timeout.InfiniteTimeSpan);
    }

    public LockKeys Keys { get; }

    public StateStorage Storage => _scope.Storage;

    public string Name => Keys.Name;

    public long FencingToken { get; }

    public CancellationToken Lost { get; }

    public bool IsHeld => Volatile.Read(ref _state) == Held && Left > TimeSpan.Zero;

    private TimeSpan RenewEvery => _duration / 3;

    private TimeSpan RetryEvery => _duration / 10;

    /// <summary>How long the lock can still be proved to be held. The store counts from when the request arrives, so later than this; a tenth is for clocks that run differently fast.</summary>
    private TimeSpan Left
    {
        get
        {
            var left = _duration - _duration / 10 - _scope.Time.GetElapsedTime(Volatile.Read(ref _proof));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public async Task ExtendAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Lost);
        try
        {
            await _extending.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                await ExtendOnceAsync(either.Token).ConfigureAwait(false);
            }
            finally
            {
                _extending.Release();
            }
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (OperationCanceledException exception) when (Lost.IsCancellationRequested)
        {
            throw LostException(exception);
        }
    }

    public async Task<bool> ReleaseAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var was = IsHeld ? Interlocked.CompareExchange(ref _state, Released, Held) : Interlocked.CompareExchange(ref _state, Expired, Held) is Held ? Expired : Volatile.Read(ref _state);
        _ = StopAsync(null);
        if (was is Taken || _gone) return false;
        // What could no longer be proved may still stand, and is in nobody's way any more once it is deleted.
        List<StateOperation> operations = [new CheckKey(Keys.Lease, StateCondition.IfMatch(_etag)), new DeleteKey(Keys.Lease)];
        if (Storage.Provider.Capabilities.HasFlag(StateCapabilities.Watch)) operations.Add(new NotifyWatchers(Keys.Lease));
        var result = await Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
        _gone = true;
        return result.IsCommitted && was is not Expired;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever it is: nobody can do anything about it here, and the lock gets free by its expiry.
            LockLog.NotReleased(_services.Logger, FencingToken, exception);
        }
    }

    /// <summary>Another holder was seen.</summary>
    public void Lose(string reason) => Lose(Taken, reason);

    public StateLockLostException LostException(Exception? inner = null) =>
        new($"The lock is held no more by the lease with the fencing token {FencingToken}. Stop what needs it; to go on, acquire it anew and read again.", FencingToken, Keys.Subject, inner);

    private async Task ExtendOnceAsync(CancellationToken cancellationToken)
    {
        if (!IsHeld)
        {
            OnExpiry();
            throw LostException();
        }
        var sent = _scope.Time.GetTimestamp();
        var result = await Storage.CommitAsync(new(new CheckKey(Keys.Lease, StateCondition.IfMatch(_etag)), new ExpireKey(Keys.Lease, StateExpiry.After(_duration))), cancellationToken).ConfigureAwait(false);
        if (result.Conflict is { } conflict)
        {
            Lose(conflict.ActualETag.IsEmpty ? "it has expired or was deleted." : "another holds it.");
            throw LostException();
        }
        Volatile.Write(ref _proof, sent);
        _renewal.Change(RenewEvery, Timeout.InfiniteTimeSpan);
        _expiry.Change(Left, Timeout.InfiniteTimeSpan);
        // What was lost meanwhile stays lost, also when the store did not know it yet.
        if (!IsHeld) throw LostException();
    }

    private async Task RenewAsync()
    {
        try
        {
            await ExtendAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StateLockLostException)
        {
            // Told where it was found out.
        }
        catch (ObjectDisposedException)
        {
            // The store was closed, so nobody will renew it: whoever works under it learns that at once. Nothing went wrong that a log could tell.
            if (Interlocked.CompareExchange(ref _state, Expired, Held) is Held) await StopAsync(null).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever it is: the next attempt may succeed, and if none does the lock is lost by its expiry.
            LockLog.NotRenewed(_services.Logger, FencingToken, RetryEvery, exception);
            _renewal.Change(RetryEvery, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnExpiry()
    {
        if (Left is var left && left > TimeSpan.Zero) _expiry.Change(left, Timeout.InfiniteTimeSpan); // renewed just now, or a timer that was early
        else Lose(Expired, "the store did not confirm it in time, so it can no longer be proved to be held.");
    }

    private void Lose(int how, string reason)
    {
        if (Interlocked.CompareExchange(ref _state, how, Held) is not Held) return;
        _ = StopAsync(reason);
    }

    /// <summary>Ends the renewal and tells whoever works under the lock, first of all: a timer calls this, and what a logger throws must neither hinder it nor end the process.</summary>
    private async Task StopAsync(string? lostBecause)
    {
        _renewal.Dispose();
        _expiry.Dispose();
        var telling = _lost.CancelAsync();
        if (lostBecause is not null)
        {
            StateTelemetry.LostLocks.Add(1);
            LockLog.Lost(_services.Logger, FencingToken, lostBecause);
        }
        try
        {
            await telling.ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            LockLog.ListenerFailed(_services.Logger, FencingToken, exception);
        }
    }
}
