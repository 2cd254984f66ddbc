namespace BluePlan.State;

/// <summary>
/// Full backups of the store into an <see cref="IBackupTarget"/>: everything that the managers keep, and whatever else the provider holds, with expiry, ETags and
/// sequences. Thread-safe; several processes may use one target.
/// </summary>
/// <remarks>
/// <para><b>Whose.</b> The default tenant's backups hold the whole store, all tenants included. Another tenant's hold the keys of that tenant only, and lie apart:
/// <see cref="ListAsync"/> and <see cref="DeleteAsync"/> know only the own ones, while <see cref="VerifyAsync"/> and <see cref="RestoreAsync"/> also take the id of a whole store's
/// backup, from which a tenant restores its own keys and no others. So one nightly backup serves every tenant.</para>
/// <para><b>When it counts.</b> A backup exists from the moment its last object, the manifest, is written; before, it is neither listed nor found. What a crashed creation
/// or deletion left behind is removed by a later <see cref="CreateAsync"/> or <see cref="DeleteAsync"/>, once it has been silent for 15 minutes.</para>
/// <para><b>What moment it shows.</b> Hosts go on writing. With <see cref="Storage.StateCapabilities.ConsistentExport"/> each partition is as of one instant, so everything of one user belongs together; without
/// it each key is. What is written during the creation may be in it or not; without it sums of token usage may also lack what was recorded during the creation and is listed.</para>
/// <para><b>Secrets.</b> Values are stored as the provider holds them. Session ids are not in a backup: the store knows only their hashes.</para>
/// </remarks>
public interface IBackupManager
{
    /// <summary>Makes a full backup while hosts go on writing.</summary>
    /// <param name="name">A note for people, any text up to 384 bytes in UTF-8, need not be unique; null = none.</param>
    /// <param name="progress">Told about every chunk that is written.</param>
    /// <param name="cancellationToken">Cancels; no backup is left.</param>
    /// <exception cref="ArgumentException">The name is empty, longer than 384 bytes, or not well-formed.</exception>
    /// <exception cref="NotSupportedException">The provider does not export.</exception>
    /// <exception cref="StateUnavailableException">The store or the target cannot be reached or refuses, for instance a full disk. No backup is left, unless the target failed just after the last object was written: then it is whole.</exception>
    /// <exception cref="StateConflictException">The creation stood still for more than 15 minutes, and another process removed it as abandoned.</exception>
    Task<Backup> CreateAsync(string? name = null, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>All backups, newest first. One whose manifest is damaged is listed too, with <see cref="Backup.Damage"/> saying so.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateUnavailableException">The target cannot be reached.</exception>
    Task<IReadOnlyList<Backup>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Looks for damage. What it finds is the result; nothing is changed.</summary>
    /// <param name="backupId">Which one.</param>
    /// <param name="depth">How closely.</param>
    /// <param name="progress">Told about every chunk that is looked at.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The id is null or empty.</exception>
    /// <exception cref="StateNotFoundException">There is no such backup.</exception>
    /// <exception cref="StateUnavailableException">The target cannot be reached.</exception>
    Task<BackupCheck> VerifyAsync(string backupId, BackupDepth depth = BackupDepth.Structure, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Brings back a backup, or the selected part of it. Everything that will be read is checked before the first write, so a damaged backup changes nothing.
    /// What has expired since is left out.
    /// </summary>
    /// <remarks>
    /// <para>Without options this store becomes the backup: in one step, if the provider offers <see cref="Storage.StateCapabilities.AtomicReplace"/>, else key by key, and
    /// <see cref="RestoreReport.IsAtomic"/> says which. A selection goes key by key on every provider: each key changes in one step, and a failure in the middle leaves some keys
    /// restored; repeating the call is safe, with <see cref="RestoreOptions.Into"/> a new provider on the same place.</para>
    /// <para>Hosts should not write what is being restored: a key that they write meanwhile is either overwritten or, when the backup does not have it and
    /// <see cref="RestoreMode.Replace"/> is asked for, perhaps deleted. Logs keep counting: sequence numbers given since the backup are not given again.</para>
    /// <para>Restart other hosts that record token usage: what they said of it within the hour, such as when its sums expire, they say again only in the next one, though the restore may have undone it.</para>
    /// <para>Memory: one chunk, and with <see cref="RestoreMode.Replace"/> of a selection some 40 bytes for each of its keys, with <see cref="RestoreMode.Merge"/> the names of the backup's sums of token usage.</para>
    /// </remarks>
    /// <param name="backupId">Which one.</param>
    /// <param name="options">What to restore, how and where; null = this store becomes the backup.</param>
    /// <param name="progress">Told about every chunk.</param>
    /// <param name="cancellationToken">Cancels; before the first write nothing has changed.</param>
    /// <exception cref="ArgumentException">The id is null or empty; the options name no part, an unknown one, or for a user only parts that hold nothing of users.</exception>
    /// <exception cref="StateNotFoundException">There is no such backup.</exception>
    /// <exception cref="StateCorruptionException">The backup is damaged; <see cref="VerifyAsync"/> tells more. Or, for a user and with <see cref="RestoreMode.Merge"/>, the store's own token usage is, which must be added up first:
    /// replace the tenant's token usage then. Nothing was restored.</exception>
    /// <exception cref="StateOpenException">The store to restore into has another number of partitions than the backup, or another process has it open. Nothing was changed.</exception>
    /// <exception cref="NotSupportedException">The provider cannot do it: a restore needs import, and <see cref="RestoreMode.Replace"/> of a selection export too. Nothing was changed.</exception>
    /// <exception cref="StateUnavailableException">The store or the target cannot be reached or refuses.</exception>
    Task<RestoreReport> RestoreAsync(string backupId, RestoreOptions? options = null, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a backup, also a damaged one.</summary>
    /// <param name="backupId">Which one.</param>
    /// <param name="cancellationToken">Cancels; once it has begun the backup is gone, and what is left of it is removed later.</param>
    /// <returns>False when there is none of that id.</returns>
    /// <exception cref="ArgumentException">The id is null or empty.</exception>
    /// <exception cref="StateUnavailableException">The target cannot be reached or refuses.</exception>
    Task<bool> DeleteAsync(string backupId, CancellationToken cancellationToken = default);
}
