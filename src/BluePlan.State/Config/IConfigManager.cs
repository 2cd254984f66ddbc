namespace BluePlan.State;

/// <summary>
/// Versioned configuration: named values that many processes read, follow and change, with kept versions, rollback, and named backups of all of them. Thread-safe.
/// </summary>
/// <remarks>
/// <para><b>Versions.</b> Each change of a config is its next version: a save, a rollback, a restore, and also a deletion. The versions of a name begin at 1 and rise
/// for ever; a config that is made again after its deletion goes on where it ended. The newest <see cref="ConfigManagerOptions.KeepVersions"/> versions, deletions among
/// them, are kept, also while the config is deleted, so that it can be rolled back.</para>
/// <para><b>Atomic.</b> A change and what follows from it (the kept version, the listing, the signal to watchers) happen in one step, or not at all. When a call ends with
/// <see cref="StateUnavailableException"/> whose <see cref="StateUnavailableException.MayHaveBeenWritten"/> is true, or is cancelled, the change has happened or not: load to see.</para>
/// <para><b>Limits.</b> A name takes 1 to 384 bytes in UTF-8, any characters, and is compared ordinally. A value takes up to 64 MiB as it is stored, and nests up to 64 levels in JSON. All configs of a tenant
/// lie in one partition: this is for settings, not for things that grow with users; for those there is <see cref="IStateStore"/>.</para>
/// <para>Every member throws <see cref="ArgumentException"/> for a name that is null, empty, too long or not well-formed, <see cref="StateUnavailableException"/> when the store cannot be
/// reached, and <see cref="OperationCanceledException"/>.</para>
/// </remarks>
public interface IConfigManager
{
    /// <summary>Saves a config as its next version.</summary>
    /// <param name="name">The config's name.</param>
    /// <param name="value">The value, not null.</param>
    /// <param name="expectedVersion">The version that it must have now; 0 = it must not be there, never made or deleted; null = whatever is there: the last writer wins.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The value with its new version.</returns>
    /// <exception cref="StateConflictException">
    /// It has another version: <see cref="StateConflictException.Expected"/> and <see cref="StateConflictException.Actual"/> say which; null in <see cref="StateConflictException.Actual"/> = it is not there.
    /// Of several concurrent saves that expect one version exactly one succeeds.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="expectedVersion"/> is negative.</exception>
    /// <exception cref="ArgumentException">The value takes more than 64 MiB, or nests deeper than 64 levels.</exception>
    /// <exception cref="NotSupportedException">No JSON context knows the type, and reflection is off.</exception>
    Task<ConfigEntry<T>> SaveAsync<T>(string name, T value, long? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>Loads a config as it is now, or a kept version of it.</summary>
    /// <typeparam name="T">What to read the value as, for instance the type it was saved as, or <see cref="System.Text.Json.JsonElement"/>.</typeparam>
    /// <param name="name">The config's name.</param>
    /// <param name="version">A version, also of a config that is deleted; null = the value now.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null when there is no such config now, or when that version was never made, is kept no longer, or is a deletion.</returns>
    /// <exception cref="StateSchemaException">The value does not fit <typeparamref name="T"/>, for instance since a property became required.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="version"/> is zero or negative.</exception>
    Task<ConfigEntry<T>?> LoadAsync<T>(string name, long? version = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a config. The deletion is its next version; the versions before it stay as long as they are kept, and <see cref="RollbackAsync"/> brings them back.</summary>
    /// <param name="name">The config's name.</param>
    /// <param name="expectedVersion">The version that it must have now, from 1; null = whatever is there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>False when there was no such config, whatever version was expected; then nothing is written.</returns>
    /// <exception cref="StateConflictException">It has another version.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="expectedVersion"/> is zero or negative.</exception>
    Task<bool> DeleteAsync(string name, long? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>All configs that are there now, ordered by name, ordinally; without their values.</summary>
    Task<IReadOnlyList<ConfigVersion>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>The kept versions of a config, newest first, deletions among them; also of a deleted one. Empty when it was never made.</summary>
    Task<IReadOnlyList<ConfigVersion>> ListVersionsAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Saves the value of a kept version again, as the next version. Also brings a deleted config back.</summary>
    /// <param name="name">The config's name.</param>
    /// <param name="version">The version whose value to take.</param>
    /// <param name="expectedVersion">As in <see cref="SaveAsync"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The new version.</returns>
    /// <exception cref="StateNotFoundException">That version was never made, is kept no longer, or is a deletion.</exception>
    /// <exception cref="StateConflictException">It has another version than expected.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="version"/> is zero or negative, or <paramref name="expectedVersion"/> is negative.</exception>
    Task<ConfigVersion> RollbackAsync(string name, long version, long? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows a config: yields the value now, then the value after each later change, from any process; null while there is no such config, so also first when there is none yet.
    /// </summary>
    /// <remarks>
    /// It shows where things stand, not each step: when a config changes several times before the next item is asked for, only the last of these values is yielded. That last one is
    /// never missed, and nothing is yielded twice. Ends only by cancellation, with <see cref="OperationCanceledException"/>, or by an exception: when the store becomes
    /// unreachable in a way that the provider cannot bridge, or the value cannot be read. Then watch again: the new watch begins with the value now.
    /// Each enumeration is a watch of its own.
    /// </remarks>
    /// <typeparam name="T">What to read the values as.</typeparam>
    /// <param name="name">The config's name.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="NotSupportedException">The provider has no <see cref="Storage.StateCapabilities.Watch"/>; thrown when the enumeration begins.</exception>
    /// <exception cref="StateSchemaException">The value does not fit <typeparamref name="T"/>, for instance since a property became required.</exception>
    /// <exception cref="ObjectDisposedException">The store or its provider was disposed, also while the enumeration waited.</exception>
    IAsyncEnumerable<ConfigEntry<T>?> WatchAsync<T>(string name, CancellationToken cancellationToken = default);

    /// <summary>Keeps a copy of all configs as of one moment, under a name. Backups are kept until they are deleted.</summary>
    /// <param name="backupName">The backup's name, by the rules of a config's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateConflictException">There is a backup of that name, or others changed the configs for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/> while they were copied. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">The configs together take more than 60 MiB as they are stored, so they could not be restored in one step.</exception>
    Task<ConfigBackup> BackupAsync(string backupName, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the configs what they were when the backup was made, all or nothing: in one step each config of the backup is saved as its next version, also when its value is the same,
    /// and each config that is not in the backup is deleted. All kept versions stay, so a restore can be rolled back config by config.
    /// </summary>
    /// <param name="backupName">The backup's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many configs the backup held.</returns>
    /// <exception cref="StateNotFoundException">There is no such backup.</exception>
    /// <exception cref="StateConflictException">Others changed the configs for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.</exception>
    Task<int> RestoreAsync(string backupName, CancellationToken cancellationToken = default);

    /// <summary>All named backups, ordered by name, ordinally.</summary>
    Task<IReadOnlyList<ConfigBackup>> ListBackupsAsync(CancellationToken cancellationToken = default);

    /// <summary>Deletes a named backup; false when there is none. The configs stay as they are.</summary>
    Task<bool> DeleteBackupAsync(string backupName, CancellationToken cancellationToken = default);
}
