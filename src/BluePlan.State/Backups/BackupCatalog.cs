using System.Collections.ObjectModel;

namespace BluePlan.State;

/// <summary>Finds and lists the backups that a tenant may see.</summary>
internal sealed class BackupCatalog(IBackupTarget target, string tenant)
{
    public BackupNames Names { get; } = new(tenant);

    /// <summary>The tenant's own backups, newest first.</summary>
    public async Task<IReadOnlyList<Backup>> ListAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        await foreach (var item in target.ListAsync(Names.Manifests, cancellationToken).ConfigureAwait(false))
            if (BackupNames.IsId(item.Name[Names.Manifests.Length..])) ids.Add(item.Name[Names.Manifests.Length..]);
        ids.Sort(static (left, right) => string.CompareOrdinal(right, left));

        var backups = new List<Backup>(ids.Count);
        foreach (var id in ids)
        {
            try
            {
                if (await ReadAsync(Names, tenant, id, cancellationToken).ConfigureAwait(false) is { } manifest) backups.Add(Describe(manifest));
            }
            catch (StateCorruptionException damage)
            {
                BackupNames.TryGetTime(id, out var createdAt);
                backups.Add(new() { Id = id, Tenant = tenant, CreatedAt = createdAt, Damage = damage.Message });
            }
        }
        return backups;
    }

    /// <summary>The tenant's own backup, or one of the whole store.</summary>
    /// <exception cref="StateNotFoundException">There is none.</exception>
    /// <exception cref="StateCorruptionException">Its manifest is damaged.</exception>
    public async Task<(BackupNames Names, BackupManifest Manifest)> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (BackupNames.IsId(id))
        {
            if (await ReadAsync(Names, tenant, id, cancellationToken).ConfigureAwait(false) is { } own) return (Names, own);
            var whole = new BackupNames("");
            if (tenant.Length > 0 && await ReadAsync(whole, "", id, cancellationToken).ConfigureAwait(false) is { } manifest) return (whole, manifest);
        }
        throw new StateNotFoundException($"There is no such backup in {target.Description}. ListAsync shows those that are there.", $"backup {id}");
    }

    public static Backup Describe(BackupManifest manifest)
    {
        var parts = new SortedDictionary<StateParts, long>();
        foreach (var type in manifest.Types)
        {
            var part = StateTypes.Find(type.Type, type.Shape)?.Part ?? StateParts.None;
            parts[part] = parts.GetValueOrDefault(part) + type.Keys;
        }
        return new()
        {
            Id = manifest.Id,
            Name = manifest.Name,
            Tenant = manifest.Tenant,
            CreatedAt = manifest.CreatedAt,
            Provider = manifest.Provider,
            PartitionCount = manifest.PartitionCount,
            IsPartitionConsistent = manifest.PartitionConsistent,
            Keys = manifest.Keys,
            KeysByPart = new ReadOnlyDictionary<StateParts, long>(parts),
            Bytes = manifest.Chunks.Sum(static c => c.RecordBytes),
            StoredBytes = manifest.StoredBytes,
        };
    }

    private async Task<BackupManifest?> ReadAsync(BackupNames names, string owner, string id, CancellationToken cancellationToken)
    {
        using var stored = await BackupObjects.ReadAsync(target, names.Manifest(id), ManifestFormat.MaximumBytes, cancellationToken).ConfigureAwait(false);
        if (stored is null) return null;
        var manifest = ManifestFormat.Read(id, stored.Written.Span);
        return manifest.Tenant == owner ? manifest
            : throw new StateCorruptionException($"The manifest of backup {id} is that of another tenant's backup: objects were renamed or mixed up.", $"backup {id}");
    }
}
