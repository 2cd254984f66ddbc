namespace BluePlan.State;

/// <inheritdoc cref="IBackupManager"/>
internal sealed class BackupManager(StateScope scope, UsagePosting posting, IBackupTarget target) : IBackupManager
{
    private readonly BackupCatalog _catalog = new(target, scope.Tenant);

    public async Task<Backup> CreateAsync(string? name, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        if (name is not null) StateName.Check(name);
        return BackupCatalog.Describe(await new BackupCreation(scope, posting, target, _catalog.Names).RunAsync(name, progress, cancellationToken).ConfigureAwait(false));
    }

    public Task<IReadOnlyList<Backup>> ListAsync(CancellationToken cancellationToken) => _catalog.ListAsync(cancellationToken);

    public async Task<BackupCheck> VerifyAsync(string backupId, BackupDepth depth, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(backupId);
        if (!Enum.IsDefined(depth)) throw new ArgumentOutOfRangeException(nameof(depth), depth, "Unknown depth.");
        try
        {
            var (names, manifest) = await _catalog.FindAsync(backupId, cancellationToken).ConfigureAwait(false);
            return await new BackupVerification(target, names, manifest, progress).RunAsync(depth, cancellationToken).ConfigureAwait(false);
        }
        catch (StateCorruptionException damage)
        {
            return new(backupId, depth, [new(null, damage.Message)], 0);
        }
    }

    public async Task<RestoreReport> RestoreAsync(string backupId, RestoreOptions? options, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(backupId);
        options ??= new();
        BackupRestore.Check(options);
        var (names, manifest) = await _catalog.FindAsync(backupId, cancellationToken).ConfigureAwait(false);
        return await new BackupRestore(scope, posting, target, names, manifest, progress).RunAsync(options, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> DeleteAsync(string backupId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(backupId);
        await BackupLease.CleanUpAsync(target, _catalog.Names, scope.Time, cancellationToken).ConfigureAwait(false);
        return BackupNames.IsId(backupId) && await new BackupLease(target, _catalog.Names, scope.Time, backupId).DeleteAsync(cancellationToken).ConfigureAwait(false);
    }
}
