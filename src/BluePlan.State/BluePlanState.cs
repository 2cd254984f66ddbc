using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="IBluePlanState"/>
internal sealed class BluePlanState(StateScope scope, BluePlanStateOptions options, IBackupTarget backups, UsageMemory usage) : IBluePlanState
{
    public string Tenant => scope.Tenant;

    public ISessionManager Sessions => field ??= new SessionManager(scope, options.Sessions);

    public IHistoryManager History => field ??= new HistoryManager(scope, options.History);

    public ITokenUsageManager TokenUsage => field ??= new TokenUsageManager(scope, usage);

    public IConfigManager Config => field ??= new ConfigManager(scope, options.Config);

    public IBackupManager Backups => field ??= new BackupManager(scope, backups);

    public IStateStore Store => field ??= new StateStore(scope);

    public async Task<MaintenanceReport> MaintainAsync(CancellationToken cancellationToken = default)
    {
        var sessions = await Sessions.CleanupAsync(cancellationToken).ConfigureAwait(false);
        var conversations = await History.CleanupAsync(cancellationToken).ConfigureAwait(false);
        var dataKeys = await Store.CleanupAsync(cancellationToken).ConfigureAwait(false);
        var usage = await TokenUsage.CleanupAsync(cancellationToken).ConfigureAwait(false);
        await scope.Storage.Provider.MaintainAsync(cancellationToken).ConfigureAwait(false);
        return new(sessions, conversations, dataKeys, usage);
    }

    public IBluePlanState ForTenant(string tenant)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        if (tenant.Length > 0) StateName.Check(tenant);
        return tenant == Tenant ? this : new BluePlanState(scope with { Tenant = tenant }, options, backups, usage);
    }

    public Task<CopyReport> CopyToAsync(IStateProvider target, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        return StateCopy.RunAsync(scope, target, progress, cancellationToken);
    }
}
