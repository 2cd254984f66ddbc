using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Tries to acquire a lock that may be free: one commit, which makes the lease unless there is one, and draws a token.</summary>
internal sealed class LockAttempt(StateScope scope, LockKeys keys, LockServices services)
{
    // Tokens follow the clock up to here, the year 2112, and rise by one beyond, so that a clock that is far off leaves enough of them.
    private const long LastClockToken = 1L << 52;

    // How often a reply may be lost before the call gives up.
    private const int MostFailures = 2;

    public LockKeys Keys => keys;

    /// <summary>The lease; null when another holds the lock. A caller who cancels leaves at once; a lease that was got for it is given back.</summary>
    public async Task<LockLease?> TryAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var acquiring = AcquireAsync();
        try
        {
            return await acquiring.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = GiveBackAsync(acquiring);
            throw;
        }
    }

    // Not cancelled in its middle, so that it is known what became of it.
    private async Task<LockLease?> AcquireAsync()
    {
        // A write whose reply was lost may stand, or come to stand within moments. Its tag tells that it is ours; a new tag and a new token take its place, so that a lease is never believed whose tag a late write could bring back.
        List<StateETag>? doubtful = null;
        for (var condition = StateCondition.IfAbsent; ;)
        {
            var sent = scope.Time.GetTimestamp();
            var put = new PutDocument(keys.Lease, default, StateExpiry.After(services.Options.LeaseDuration), condition);
            var commit = new StateCommit(put, new AppendEntries(keys.Tokens, [default], keepLast: 1, atLeast: ClockToken(await scope.NowAsync(CancellationToken.None).ConfigureAwait(false))));
            CommitResult result;
            try
            {
                result = await scope.Storage.CommitAsync(commit, CancellationToken.None).ConfigureAwait(false);
            }
            catch (StateUnavailableException exception) when (exception.MayHaveBeenWritten && (doubtful?.Count ?? 0) < MostFailures - 1)
            {
                (doubtful ??= []).Add(commit.ETag);
                continue;
            }
            if (result.Conflict is not { ActualETag: var actual }) return await HeldAsync(new(scope, keys, services, commit.ETag, result.Results[1].Value, sent)).ConfigureAwait(false);
            if (doubtful is not null && doubtful.Contains(actual)) condition = StateCondition.IfMatch(actual);
            else if (actual.IsEmpty) condition = StateCondition.IfAbsent; // ours is gone again
            else return null;
        }
    }

    private static async Task<LockLease> HeldAsync(LockLease lease)
    {
        if (lease.IsHeld) return lease;
        await lease.DisposeAsync().ConfigureAwait(false);
        throw new StateUnavailableException("The store took longer to answer than a lease can be proved to be held. Look into its load, or raise the duration of leases.", mayHaveBeenWritten: true);
    }

    private async Task GiveBackAsync(Task<LockLease?> acquiring)
    {
        try
        {
            if (await acquiring.ConfigureAwait(false) is { } lease) await lease.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nobody is there to be told.
            LockLog.NotGivenBack(services.Logger, exception);
        }
    }

    private static long ClockToken(DateTimeOffset now) => Math.Clamp((now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, 1, LastClockToken);
}
