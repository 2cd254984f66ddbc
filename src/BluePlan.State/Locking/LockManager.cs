using System.Security.Cryptography;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="ILockManager"/>
internal sealed class LockManager(StateScope scope, LockServices services) : ILockManager
{
    // What a timer takes.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(49);

    // How soon to look again: while the store signals, only against clocks that differ; else all the time.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PollingPause = TimeSpan.FromMilliseconds(250);

    // A store in another process may signal and not be heard, for as long as a connection hangs half open. Waiters of several processes look at different times.
    private const int ShortestDeafMilliseconds = 2_000;
    private const int LongestDeafMilliseconds = 4_000;

    public async Task<ILockLease> AcquireAsync(string name, TimeSpan? timeout, CancellationToken cancellationToken) =>
        await TryAcquireAsync(name, timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false)
        ?? throw new TimeoutException($"The lock was not free within {timeout}: others held it all the while, or the store did not answer.");

    public Task<ILockLease?> TryAcquireAsync(string name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        StateName.Check(name);
        if (timeout != Timeout.InfiniteTimeSpan && (timeout < TimeSpan.Zero || timeout > LongestTimeout)) throw new ArgumentOutOfRangeException(nameof(timeout), timeout, $"A timeout is from zero to {LongestTimeout.TotalDays} days, or infinite.");
        return ObserveAsync(name, timeout, cancellationToken);
    }

    private async Task<ILockLease?> ObserveAsync(string name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (started, outcome) = (scope.Time.GetTimestamp(), "timeout");
        try
        {
            var lease = await AcquireInTimeAsync(name, timeout, cancellationToken).ConfigureAwait(false);
            if (lease is not null) outcome = "ok";
            return lease;
        }
        catch (Exception exception)
        {
            outcome = exception is OperationCanceledException ? "cancelled" : exception.GetType().Name;
            throw;
        }
        finally
        {
            StateTelemetry.LockWaits.Record(scope.Time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>(StateTelemetry.OutcomeTag, outcome));
        }
    }

    private async Task<LockLease?> AcquireInTimeAsync(string name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout == TimeSpan.Zero) return await (await AttemptAsync(name, cancellationToken).ConfigureAwait(false)).TryAsync(cancellationToken).ConfigureAwait(false);
        using var deadline = timeout == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(timeout, scope.Time);
        var closing = scope.Storage.Disposing;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline?.Token ?? CancellationToken.None, closing);
        try
        {
            var attempt = await AttemptAsync(name, either.Token).ConfigureAwait(false);
            using var first = await services.Lines.EnterAsync(attempt.Keys.Lease, either.Token).ConfigureAwait(false);
            return await attempt.TryAsync(either.Token).ConfigureAwait(false) ?? await WaitAsync(attempt, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException("The store was disposed while the lock was waited for.", exception);
        }
        catch (OperationCanceledException) when (deadline is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    private async ValueTask<LockAttempt> AttemptAsync(string name, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        return new(scope, new(scope, name), services);
    }

    private async Task<LockLease> WaitAsync(LockAttempt attempt, CancellationToken cancellationToken)
    {
        using var signals = new LockSignals(scope.Storage.Provider, attempt.Keys.Lease, scope.Time, services.Logger);
        // Until the store signals, a release may pass unheard.
        if (signals.IsWatching) await signals.WaitAsync(PollingPause, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var holder = await scope.Storage.ReadAsync(new DocumentRead(attempt.Keys.Lease, headOnly: true), cancellationToken).ConfigureAwait(false);
            if (holder is not null) await signals.WaitAsync(Pause(holder, signals.IsWatching, await scope.NowAsync(cancellationToken).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
            if (await attempt.TryAsync(cancellationToken).ConfigureAwait(false) is { } lease) return lease;
        }
    }

    private static TimeSpan DeafPause => TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(ShortestDeafMilliseconds, LongestDeafMilliseconds + 1));

    /// <summary>How long to wait for a signal: until the lease there is expires, within bounds.</summary>
    private TimeSpan Pause(DocumentContent holder, bool watching, DateTimeOffset now)
    {
        var longest = !watching ? PollingPause : scope.Storage.Provider.Capabilities.HasFlag(StateCapabilities.Shared) ? DeafPause : services.Options.LeaseDuration;
        var left = holder.Expiry.Instant is { } end ? end - now : longest;
        return left < ShortestPause ? ShortestPause : left < longest ? left : longest;
    }
}
