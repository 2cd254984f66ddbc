using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Named backups of all configs: both directions see the whole set as of one moment, because each checks the ETag that every change of any config renews.</summary>
internal sealed class ConfigBackups(StateScope scope, ConfigKeys keys, ConfigManagerOptions options)
{
    // A restore writes each value twice, as the value now and as a kept version, and must fit one commit with names to spare.
    private const long MaximumBytes = StateLimits.MaximumCommitBytes / 2 - 4 * 1024 * 1024;

    public async Task<ConfigBackup> CreateAsync(string backupName, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var update = await scope.Updates.BeginAsync(keys.Set, cancellationToken).ConfigureAwait(false);
        do
        {
            var unchanged = await ReadSetAsync(cancellationToken).ConfigureAwait(false);
            using var buffers = new PooledBuffers();
            var configs = await ReadConfigsAsync(keys.Backup(backupName), buffers, cancellationToken).ConfigureAwait(false);
            if (configs is null) continue;
            var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
            var backup = new ConfigBackup(backupName, DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()), configs.Count);
            var description = new MapField(backupName, new MapValue(new[] { backup.CreatedAt.ToUnixTimeMilliseconds(), backup.Configs }));
            List<StateOperation> operations = [new SetFields(keys.BackupNames, [description], ifAbsent: true), new CheckKey(keys.Set, unchanged)];
            if (configs.Count > 0) operations.Add(new SetFields(keys.Backup(backupName), configs));
            var result = await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted) return backup;
            if (result.Conflict!.Operation == 0) throw new StateConflictException("There is a backup of configs of that name. Take another name, or delete it first.", Subject(backupName));
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the configs, or their backup,", Subject(backupName));
    }

    public async Task<int> RestoreAsync(string backupName, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var update = await scope.Updates.BeginAsync(keys.Set, cancellationToken).ConfigureAwait(false);
        do
        {
            var unchanged = await ReadSetAsync(cancellationToken).ConfigureAwait(false);
            var answers = await scope.Storage.ReadAsync(
                [new MapRead(keys.BackupNames, [backupName]), new MapRead(keys.Backup(backupName)), new MapRead(keys.Names)], cancellationToken).ConfigureAwait(false);
            var backup = answers[0] is MapContent { Fields: var described } && described.TryGetValue(backupName, out var description) ? Described(backupName, description)
                : throw new StateNotFoundException("There is no backup of configs of that name. ListBackupsAsync shows those that are kept.", Subject(backupName));
            var values = ((MapContent?)answers[1])?.Fields ?? new Dictionary<string, MapValue>();
            if (values.Count != backup.Configs) continue; // somebody deletes or replaces it at this very moment; an incomplete one must never be taken for an empty one
            var now = answers[2] is MapContent names ? ConfigManager.ListedIn(names).ToDictionary() : [];

            using var changes = await ChangesAsync(keys.Backup(backupName), values, now, cancellationToken).ConfigureAwait(false);
            if (changes.Count == 0)
            {
                await scope.Storage.ConfirmAsync(keys.Set, cancellationToken).ConfigureAwait(false);
                return 0;
            }
            if ((await scope.Storage.CommitAsync(changes.ToCommit(unchanged), cancellationToken).ConfigureAwait(false)).IsCommitted) return backup.Configs;
        }
        while (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false));
        throw update.Contended("the configs, or their backup,", Subject(backupName));
    }

    public async Task<IReadOnlyList<ConfigBackup>> ListAsync(CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var backups = await scope.Storage.ReadAsync(new MapRead(keys.BackupNames), cancellationToken).ConfigureAwait(false);
        return backups is null ? [] : [.. backups.Fields.Where(static f => StateTypes.ConfigBackupNames.IsField!(f.Key, f.Value)).Select(static f => Described(f.Key, f.Value)).OrderBy(b => b.Name, StringComparer.Ordinal)];
    }

    public async Task<bool> DeleteAsync(string backupName, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var result = await scope.Storage.CommitAsync(new(new RemoveFields(keys.BackupNames, [backupName]), new DeleteKey(keys.Backup(backupName))), cancellationToken).ConfigureAwait(false);
        return result.Results[0].Count > 0;
    }

    /// <summary>The condition that no config has changed since now. It is read before all else, since the answers of one read may be of several instants.</summary>
    private async ValueTask<StateCondition> ReadSetAsync(CancellationToken cancellationToken) =>
        await scope.Storage.ReadAsync(new DocumentRead(keys.Set, headOnly: true), cancellationToken).ConfigureAwait(false) is { } set ? StateCondition.IfMatch(set.ETag) : StateCondition.IfAbsent;

    /// <summary>All configs, encoded for the fields of a backup; null when they changed meanwhile.</summary>
    private async ValueTask<IReadOnlyList<MapField>?> ReadConfigsAsync(StateKey backup, PooledBuffers buffers, CancellationToken cancellationToken)
    {
        var names = await scope.Storage.ReadAsync(new MapRead(keys.Names), cancellationToken).ConfigureAwait(false);
        string[] present = names is null ? [] : [.. ConfigManager.ListedIn(names).Where(static f => !ConfigManager.Listed(f.Key, f.Value).IsDeletion).Select(f => f.Key)];
        var answers = await scope.Storage.ReadAsync([.. present.Select(name => new DocumentRead(keys.Config(name)))], cancellationToken).ConfigureAwait(false);
        var configs = new List<MapField>(present.Length);
        long bytes = 0;
        for (var i = 0; i < present.Length; i++)
        {
            if (answers[i] is not DocumentContent config) return null;
            var value = buffers.Add(scope.Codec.Reencode(ValueLocation.Document(keys.Config(present[i])), ValueLocation.Field(backup, present[i]), config.Value));
            bytes += value.Length;
            configs.Add(new(present[i], new MapValue(value)));
        }
        return bytes <= MaximumBytes ? configs
            : throw new InvalidOperationException($"The configs take {bytes:N0} bytes together; one backup holds at most {MaximumBytes:N0}, which one step can restore. Keep large things in IStateStore.");
    }

    private async ValueTask<ConfigChanges> ChangesAsync(StateKey key, IReadOnlyDictionary<string, MapValue> backup, IReadOnlyDictionary<string, MapValue> now, CancellationToken cancellationToken)
    {
        string[] superfluous = [.. now.Where(f => !backup.ContainsKey(f.Key) && !ConfigManager.Listed(f.Key, f.Value).IsDeletion).Select(f => f.Key)];
        string[] names = [.. backup.Keys, .. superfluous];
        var logs = await scope.Storage.ReadAsync([.. names.Select(name => new LogRead(keys.Versions(name), limit: 0))], cancellationToken).ConfigureAwait(false);
        var at = DateTimeOffset.FromUnixTimeMilliseconds((await scope.NowAsync(cancellationToken).ConfigureAwait(false)).ToUnixTimeMilliseconds());
        var changes = new ConfigChanges(scope.Codec, keys, options.KeepVersions, scope.Storage.Provider.Capabilities.HasFlag(StateCapabilities.Watch));
        for (var i = 0; i < names.Length; i++)
        {
            var version = (((LogContent?)logs[i])?.LastSequence ?? 0) + 1;
            if (backup.TryGetValue(names[i], out var stored)) changes.Add(names[i], new(version, at), scope.Codec.DecodeWithHead(ValueLocation.Field(key, names[i]), stored.Bytes).Body);
            else changes.Add(names[i], new(version, at, Deleted: true), SerializedValue.None);
        }
        return changes;
    }

    private static ConfigBackup Described(string name, MapValue value) =>
        new(name, DateTimeOffset.FromUnixTimeMilliseconds(value.Counters.Span[0]), checked((int)value.Counters.Span[1]));

    private static string Subject(string backupName) => $"config backup {backupName}";
}
