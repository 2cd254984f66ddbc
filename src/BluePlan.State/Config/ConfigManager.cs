using System.Globalization;
using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="IConfigManager"/>
internal sealed class ConfigManager(StateScope scope, ConfigManagerOptions options) : IConfigManager
{
    private readonly ConfigKeys _keys = new(scope);

    private ConfigBackups Backups => field ??= new(scope, _keys, options);

    public async Task<ConfigEntry<T>> SaveAsync<T>(string name, T value, long? expectedVersion, CancellationToken cancellationToken)
    {
        StateName.Check(name);
        CheckExpected(expectedVersion);
        if (value is null) throw new ArgumentNullException(nameof(value), "A config has a value. To remove it, use DeleteAsync.");
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var buffer = new PooledBuffer();
        var body = scope.Codec.Serialize(value, buffer);
        using var update = await scope.Updates.BeginAsync(_keys.Versions(name), cancellationToken).ConfigureAwait(false);
        do
        {
            var newest = await ReadNewestAsync(name, cancellationToken).ConfigureAwait(false);
            await RequireVersionAsync(name, expectedVersion, newest, cancellationToken).ConfigureAwait(false);
            if (await TryAddAsync(name, newest.LastVersion, false, body, cancellationToken).ConfigureAwait(false) is { } head) return new(name, head.Version, head.SavedAt, value);
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the config", Subject(name));
    }

    public async Task<ConfigEntry<T>?> LoadAsync<T>(string name, long? version, CancellationToken cancellationToken)
    {
        StateName.Check(name);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (version is not { } wanted)
            return await scope.Storage.ReadAsync(new DocumentRead(_keys.Config(name)), cancellationToken).ConfigureAwait(false) is { } now ? Entry<T>(name, Current(_keys.Config(name), now)) : null;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(wanted, nameof(version));
        var key = _keys.Versions(name);
        return await scope.Storage.ReadAsync(new LogRead(key, wanted, wanted), cancellationToken).ConfigureAwait(false) is { Entries: [var entry] } ? Entry<T>(name, Kept(key, entry)) : null;
    }

    public async Task<bool> DeleteAsync(string name, long? expectedVersion, CancellationToken cancellationToken)
    {
        StateName.Check(name);
        if (expectedVersion is { } expected) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(expected, nameof(expectedVersion));
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var update = await scope.Updates.BeginAsync(_keys.Versions(name), cancellationToken).ConfigureAwait(false);
        do
        {
            var newest = await ReadNewestAsync(name, cancellationToken).ConfigureAwait(false);
            if (newest.Version is null)
            {
                await scope.Storage.ConfirmAsync(_keys.Versions(name), cancellationToken).ConfigureAwait(false);
                return false;
            }
            await RequireVersionAsync(name, expectedVersion, newest, cancellationToken).ConfigureAwait(false);
            if (await TryAddAsync(name, newest.LastVersion, true, SerializedValue.None, cancellationToken).ConfigureAwait(false) is not null) return true;
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the config", Subject(name));
    }

    public async Task<IReadOnlyList<ConfigVersion>> ListAsync(CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var names = await scope.Storage.ReadAsync(new MapRead(_keys.Names), cancellationToken).ConfigureAwait(false);
        return names is null ? [] : [.. ListedIn(names).Select(static f => Listed(f.Key, f.Value)).Where(v => !v.IsDeletion).OrderBy(v => v.Name, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<ConfigVersion>> ListVersionsAsync(string name, CancellationToken cancellationToken)
    {
        StateName.Check(name);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var key = _keys.Versions(name);
        var log = await scope.Storage.ReadAsync(new LogRead(key), cancellationToken).ConfigureAwait(false);
        return log is null ? [] : [.. log.Entries.Reverse().Select(e => Version(name, Kept(key, e).Head))];
    }

    public async Task<ConfigVersion> RollbackAsync(string name, long version, long? expectedVersion, CancellationToken cancellationToken)
    {
        StateName.Check(name);
        CheckExpected(expectedVersion);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(version);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var key = _keys.Versions(name);
        using var update = await scope.Updates.BeginAsync(key, cancellationToken).ConfigureAwait(false);
        do
        {
            var contents = await scope.Storage.ReadAsync([new LogRead(key, version, version), Newest(key)], cancellationToken).ConfigureAwait(false);
            var old = contents[0] is LogContent { Entries: [var entry] } ? Kept(key, entry)
                : throw new StateNotFoundException($"The config has no version {version}, or keeps it no longer. ListVersionsAsync shows those that are kept.", Subject(name));
            if (old.Head.Deleted) throw new StateNotFoundException($"Version {version} of the config is its deletion and has no value. To delete it again, use DeleteAsync.", Subject(name));
            var newest = NewestOf(key, (LogContent?)contents[1]);
            await RequireVersionAsync(name, expectedVersion, newest, cancellationToken).ConfigureAwait(false);
            if (await TryAddAsync(name, newest.LastVersion, false, old.Value.Body, cancellationToken).ConfigureAwait(false) is { } head) return Version(name, head);
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the config", Subject(name));
    }

    public IAsyncEnumerable<ConfigEntry<T>?> WatchAsync<T>(string name, CancellationToken cancellationToken) => FollowAsync<T>(StateName.Check(name), cancellationToken);

    public Task<ConfigBackup> BackupAsync(string backupName, CancellationToken cancellationToken) => Backups.CreateAsync(StateName.Check(backupName), cancellationToken);

    public Task<int> RestoreAsync(string backupName, CancellationToken cancellationToken) => Backups.RestoreAsync(StateName.Check(backupName), cancellationToken);

    public Task<IReadOnlyList<ConfigBackup>> ListBackupsAsync(CancellationToken cancellationToken) => Backups.ListAsync(cancellationToken);

    public Task<bool> DeleteBackupAsync(string backupName, CancellationToken cancellationToken) => Backups.DeleteAsync(StateName.Check(backupName), cancellationToken);

    /// <summary>What a listing names; what can be no entry of it is passed over.</summary>
    internal static IEnumerable<KeyValuePair<string, MapValue>> ListedIn(MapContent names) => names.Fields.Where(static f => StateTypes.ConfigNames.IsField!(f.Key, f.Value));

    internal static ConfigVersion Listed(string name, MapValue value) =>
        new(name, value.Counters.Span[0], DateTimeOffset.FromUnixTimeMilliseconds(value.Counters.Span[1]), value.Counters.Span[2] != 0);

    private async IAsyncEnumerable<ConfigEntry<T>?> FollowAsync<T>(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await scope.Storage.OpenAsync(cancellationToken).ConfigureAwait(false);
        var key = _keys.Config(name);
        StateETag? seen = null;
        var disposing = scope.Storage.Disposing;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, disposing);
        var signals = scope.Storage.Provider.WatchAsync(key, either.Token).GetAsyncEnumerator(either.Token);
        await using var ending = signals.ConfigureAwait(false);
        while (await NextAsync().ConfigureAwait(false))
        {
            var now = await scope.Storage.ReadAsync(new DocumentRead(key), cancellationToken).ConfigureAwait(false);
            if (seen == (now?.ETag ?? default)) continue; // one signal for several changes, or for none
            seen = now?.ETag ?? default;
            yield return now is null ? null : Entry<T>(name, Current(key, now));
        }
        // A provider's watch ends without an exception when the provider is disposed.
        throw Disposed(null);

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await signals.MoveNextAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested && disposing.IsCancellationRequested)
            {
                throw Disposed(exception);
            }
            catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(exception.Message, exception, cancellationToken);
            }
        }

        static ObjectDisposedException Disposed(Exception? cause) => new("The store was disposed while a config was watched. Watch it in a store that is open.", cause);
    }

    /// <summary>One key tells all, as of one instant: the highest version ever, and whether the config is there now.</summary>
    private async ValueTask<NewestVersion> ReadNewestAsync(string name, CancellationToken cancellationToken)
    {
        var key = _keys.Versions(name);
        return NewestOf(key, await scope.Storage.ReadAsync(Newest(key), cancellationToken).ConfigureAwait(false));
    }

    private static LogRead Newest(StateKey key) => new(key, limit: 1, fromEnd: true);

    private NewestVersion NewestOf(StateKey key, LogContent? log) =>
        new(log?.LastSequence ?? 0, log is { Entries: [var entry] } && Kept(key, entry).Head is { Deleted: false } head ? head.Version : null);

    /// <summary>Adds the version after the last one; null when somebody else was first.</summary>
    private async ValueTask<ConfigHead?> TryAddAsync(string name, long lastVersion, bool deleted, SerializedValue body, CancellationToken cancellationToken)
    {
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var head = new ConfigHead(lastVersion + 1, DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()), deleted);
        using var changes = new ConfigChanges(scope.Codec, _keys, options.KeepVersions, scope.Storage.Provider.Capabilities.HasFlag(StateCapabilities.Watch));
        changes.Add(name, head, body);
        return (await scope.Storage.CommitAsync(changes.ToCommit(), cancellationToken).ConfigureAwait(false)).IsCommitted ? head : null;
    }

    /// <summary>A version with its value; null when it is a deletion.</summary>
    private static ConfigEntry<T>? Entry<T>(string name, (ConfigHead Head, DecodedValue Value) version) =>
        version.Head is { Deleted: false } head ? new(name, head.Version, head.SavedAt, version.Value.ReadBody<T>()) : null;

    private (ConfigHead Head, DecodedValue Value) Current(StateKey key, DocumentContent stored) => Decode(ValueLocation.Document(key), stored.Value);

    /// <summary>A version that is kept.</summary>
    /// <exception cref="StateCorruptionException">It is another version than its sequence says.</exception>
    private (ConfigHead Head, DecodedValue Value) Kept(StateKey key, LogEntry entry)
    {
        var version = Decode(ConfigKeys.VersionIn(key), entry.Value);
        return version.Head.Version == entry.Sequence ? version
            : throw new StateCorruptionException($"Version {entry.Sequence} of a config holds version {version.Head.Version}. Restore the config from a backup.", StateCodec.Subject(key));
    }

    private (ConfigHead Head, DecodedValue Value) Decode(ValueLocation location, ReadOnlyMemory<byte> stored)
    {
        var value = scope.Codec.DecodeWithHead(location, stored);
        return (value.ReadHead(ConfigJson.Default.ConfigHead), value);
    }

    private static ConfigVersion Version(string name, ConfigHead head) => new(name, head.Version, head.SavedAt, head.Deleted);

    private static void CheckExpected(long? expectedVersion)
    {
        if (expectedVersion is { } expected) ArgumentOutOfRangeException.ThrowIfNegative(expected, nameof(expectedVersion));
    }

    private async ValueTask RequireVersionAsync(string name, long? expected, NewestVersion newest, CancellationToken cancellationToken)
    {
        if (expected is not { } wanted || wanted == (newest.Version ?? 0)) return;
        // The version that is there may be what an earlier attempt wrote.
        await scope.Storage.ConfirmAsync(_keys.Versions(name), cancellationToken).ConfigureAwait(false);
        var (asked, actual) = (wanted == 0 ? null : wanted.ToString(CultureInfo.InvariantCulture), newest.Version?.ToString(CultureInfo.InvariantCulture));
        throw new StateConflictException(
            $"The config was to {(asked is null ? "be new" : $"have version {asked}")}, but {(actual is null ? "is not there" : $"has version {actual}")}. Load it and decide.", Subject(name), asked, actual);
    }

    private static string Subject(string name) => $"config {name}";

    /// <summary>Where a config stands: the highest version ever given, and the version now; null = it is not there.</summary>
    private readonly record struct NewestVersion(long LastVersion, long? Version);
}
