using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Restores one backup.</summary>
internal sealed class BackupRestore(StateScope scope, UsagePosting posting, IBackupTarget target, BackupNames names, BackupManifest manifest, IProgress<BackupProgress>? progress)
{
    public async Task<RestoreReport> RunAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        if (options.Into is null && (await scope.OpenAsync(cancellationToken).ConfigureAwait(false)).PartitionCount is var count && count != manifest.PartitionCount)
        {
            throw new StateOpenException(
                $"Backup {manifest.Id} has {manifest.PartitionCount} partitions, but this store has {count}. Restore the backup into a store with {manifest.PartitionCount} partitions.", StateOpenFault.PartitionCount);
        }
        var selection = new BackupSelection(scope.Tenant, options.Parts, options.UserId, manifest.PartitionCount);
        var store = options.Into is { } into ? new StateStorage(into, new StateOpenOptions { PartitionCount = manifest.PartitionCount }) : scope.Storage;
        var usage = new UnpostedUsageImport(store, options.Into is null ? posting : posting.In(store), selection, options.Mode);
        var transfer = new StateTransfer(store.Provider, selection, options.Mode, usage, progress);
        transfer.CheckCapabilities();

        var reader = new BackupReader(target, names, manifest, progress);
        var chunks = reader.ChunksOf(selection.Partition);
        await reader.CheckAsync(chunks, record => selection.Take(record) is { } taken ? RecordRules.Fault(taken) : null, cancellationToken).ConfigureAwait(false);

        await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await transfer.RunAsync(cancel => reader.ReadAsync(chunks, cancel), chunks.Sum(static c => c.Keys), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (options.Into is null) posting.Forget();
        }
        return new()
        {
            BackupId = manifest.Id,
            RestoredTo = manifest.CreatedAt,
            IsAtomic = transfer.IsAtomic,
            KeysWritten = transfer.Written,
            KeysRemoved = transfer.Removed,
            KeysExpired = transfer.Expired,
            KeysSkipped = transfer.Skipped,
            UnknownTypes = transfer.UnknownTypes,
            LeftAlone = selection.NotOfUsers,
        };
    }

    /// <exception cref="ArgumentException">The options select nothing, or make no sense.</exception>
    public static void Check(RestoreOptions options)
    {
        if (options.Parts is StateParts.None || (options.Parts & ~StateParts.All) != 0)
            throw new ArgumentException($"{nameof(RestoreOptions.Parts)} is {options.Parts}; name at least one part, and no unknown ones.", nameof(options));
        if (!Enum.IsDefined(options.Mode)) throw new ArgumentException($"{nameof(RestoreOptions.Mode)} is {options.Mode}, which is unknown.", nameof(options));
        if (options.UserId is null) return;
        StateName.Check(options.UserId, nameof(options));
        if ((options.Parts & BackupSelection.OfUsers) == 0)
            throw new ArgumentException($"{options.Parts} holds nothing that belongs to a user, so there is nothing to restore for one.", nameof(options));
    }
}
