using System.Runtime.ExceptionServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="IBluePlanState"/>
internal sealed class BluePlanState(StateScope scope, BluePlanStateOptions options, IBackupTarget backups, UsageMemory usage, LockServices locks) : IBluePlanState
{
    public string Tenant => scope.Tenant;

    public ISessionManager Sessions => field ??= new SessionManager(scope, options.Sessions);

    public IHistoryManager History => field ??= new HistoryManager(scope, options.History);

    public ITokenUsageManager TokenUsage => field ??= new TokenUsageManager(scope, usage, Posting);

    public IConfigManager Config => field ??= new ConfigManager(scope, options.Config);

    public IBackupManager Backups => field ??= new BackupManager(scope, Posting, backups);

    public IStateStore Store => field ??= new StateStore(scope);

    public ILockManager Locks => field ??= new LockManager(scope with { Storage = FencedStateProvider.Unfenced(scope.Storage) }, locks);

    // What was recorded under a lease is to be counted, whoever comes to count it: so without fences.
    private UsagePosting Posting => field ??= new UsagePosting(scope with { Storage = FencedStateProvider.Unfenced(scope.Storage) }, usage);

    public async Task<MaintenanceReport> MaintainAsync(CancellationToken cancellationToken = default)
    {
        var failures = new List<Exception>();
        var sessions = await TryAsync(Sessions.CleanupAsync(cancellationToken), failures).ConfigureAwait(false);
        var conversations = await TryAsync(History.CleanupAsync(cancellationToken), failures).ConfigureAwait(false);
        var dataKeys = await TryAsync(Store.CleanupAsync(cancellationToken), failures).ConfigureAwait(false);
        var usage = await TryAsync(TokenUsage.CleanupAsync(cancellationToken), failures).ConfigureAwait(false);
        await TryAsync(MaintainProviderAsync(cancellationToken), failures).ConfigureAwait(false);
        if (failures.Count > 1) throw new AggregateException("Several jobs of the maintenance failed; the others are done.", failures);
        if (failures.Count == 1) ExceptionDispatchInfo.Throw(failures[0]);
        return new(sessions, conversations, dataKeys, usage!);
    }

    public IBluePlanState ForTenant(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        if (tenant.Length > 0) StateName.Check(tenant);
        return tenant == Tenant ? this : new BluePlanState(scope with { Tenant = tenant }, options, backups, usage, locks);
    }

    public IBluePlanState FencedBy(ILockLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease is not LockLease own || own.Storage != FencedStateProvider.Unfenced(scope.Storage)) throw new ArgumentException("The lease is of another store's lock, whose tokens say nothing here.", nameof(lease));
        return new BluePlanState(scope with { Storage = FencedStateProvider.Fence(scope.Storage, own, options.Locks.FenceRetention) }, options, backups, usage, locks);
    }

    /// <summary>Compares settings that are fixed in the store with those of this process, for every tenant.</summary>
    /// <exception cref="StateOpenException">They differ.</exception>
    public Task CheckSettingsAsync(CancellationToken cancellationToken) => UsageZone.CheckAllAsync(scope, usage, cancellationToken);

    public Task<CopyReport> CopyToAsync(IStateProvider target, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        return StateCopy.RunAsync(scope, Posting, target, progress, cancellationToken);
    }

    private async Task<bool> MaintainProviderAsync(CancellationToken cancellationToken)
    {
        await scope.Storage.Provider.MaintainAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    // What is wrong with one thing in the store must not keep everything else from being swept. A store that is away, and the caller's own end, end the round.
    private static async Task<T?> TryAsync<T>(Task<T> job, List<Exception> failures)
    {
        try
        {
            return await job.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or StateUnavailableException))
        {
            failures.Add(exception);
            return default;
        }
    }
}
