using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Makes one backup.</summary>
internal sealed class BackupCreation(StateScope scope, UsagePosting posting, IBackupTarget target, BackupNames names)
{
    public async Task<BackupManifest> RunAsync(string? name, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        await scope.Storage.OpenAsync(cancellationToken).ConfigureAwait(false);
        scope.Storage.Provider.Require(StateCapabilities.Export);
        await BackupLease.CleanUpAsync(target, names, scope.Time, cancellationToken).ConfigureAwait(false);

        var createdAt = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var id = BackupNames.NewId(createdAt);
        var lease = new BackupLease(target, names, scope.Time, id);
        try
        {
            await lease.KeepAsync(cancellationToken).ConfigureAwait(false);
            using var writer = new BackupWriter(target, names, id, scope.Storage.PartitionCount, lease, progress);
            await ReadStoreAsync(writer, cancellationToken).ConfigureAwait(false);
            var chunks = await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
            var manifest = new BackupManifest
            {
                Id = id,
                Name = name,
                Tenant = scope.Tenant,
                CreatedAt = createdAt,
                Provider = scope.Storage.Provider.Name,
                PartitionCount = scope.Storage.PartitionCount,
                PartitionConsistent = scope.Storage.Provider.Capabilities.HasFlag(StateCapabilities.ConsistentExport),
                Types = writer.Count.Types,
                PartitionHashes = writer.Count.PartitionHashes,
                Chunks = chunks,
            };
            await WriteManifestAsync(manifest, cancellationToken).ConfigureAwait(false);

            // From here on the backup exists, so nothing is cancelled any more.
            if (!await lease.IsHeldAsync(CancellationToken.None).ConfigureAwait(false))
                throw new StateConflictException($"The creation of backup {id} stood still for more than {BackupLease.Lifetime.TotalMinutes:N0} minutes, and another process removed it as abandoned. Create it again.", $"backup {id}");
            await lease.EndAsync(CancellationToken.None).ConfigureAwait(false);
            return manifest;
        }
        catch (Exception failure)
        {
            await AbandonAsync(lease, failure).ConfigureAwait(false);
            throw;
        }
    }

    private async Task ReadStoreAsync(BackupWriter writer, CancellationToken cancellationToken)
    {
        var selection = new BackupSelection(scope.Tenant, StateParts.All, null, scope.Storage.PartitionCount);
        StateKey cut = default;
        await foreach (var record in new UnpostedUsage(posting).ExportAsync(scope.Storage.Provider, cancellationToken).ConfigureAwait(false))
        {
            if (selection.Take(record) is not { } taken) continue;
            // What no restore would take is left out, so that the backup of a store with strays can be restored. Parts of which nothing is left fall out, so the first that stays begins the key.
            var sound = RecordRules.Sound(taken);
            if (sound is not null) await writer.AddAsync(sound.Continues && cut == sound.Key ? sound with { Continues = false } : sound, cancellationToken).ConfigureAwait(false);
            cut = sound is null && (!taken.Continues || cut == taken.Key) ? taken.Key : default;
        }
    }

    private async Task WriteManifestAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(ManifestFormat.Write(manifest), writable: false);
        await target.WriteAsync(names.Manifest(manifest.Id), content, cancellationToken).ConfigureAwait(false);
    }

    private static async Task AbandonAsync(BackupLease lease, Exception failure)
    {
        try
        {
            await lease.RemoveAllAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception second)
        {
            // What failed first is what the caller has to know. The lease still says what is left, so a later creation or deletion removes it.
            failure.Data["BluePlan.State.Cleanup"] = second.ToString();
        }
    }
}
