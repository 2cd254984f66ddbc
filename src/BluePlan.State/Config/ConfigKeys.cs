using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The keys of a tenant's configs. All lie in one partition, so that several configs change together. They are known once the store is open.</summary>
internal sealed class ConfigKeys
{
    private readonly StateScope _scope;
    private readonly ushort _route;

    public ConfigKeys(StateScope scope) => (_scope, _route) = (scope, StateRoute.Of("config", scope.Tenant, ""));

    /// <summary>Holds nothing but an ETag, new with every change of any config: the condition of what must see all configs as of one moment.</summary>
    public StateKey Set => _scope.Key(Partition, StateTypes.ConfigSet, "");

    /// <summary>Name → version, time in Unix milliseconds, 1 when that version is a deletion.</summary>
    public StateKey Names => _scope.Key(Partition, StateTypes.ConfigNames, "");

    /// <summary>Name → time in Unix milliseconds, number of configs.</summary>
    public StateKey BackupNames => _scope.Key(Partition, StateTypes.ConfigBackupNames, "");

    /// <summary>The value now; absent when the config is deleted.</summary>
    public StateKey Config(string name) => _scope.Key(Partition, StateTypes.Config, name);

    /// <summary>The kept versions. An entry's sequence is its version, and the log is never deleted, so versions rise for ever.</summary>
    public StateKey Versions(string name) => _scope.Key(Partition, StateTypes.ConfigVersions, name);

    /// <summary>Where a version is encoded for. Its number is in its head, which is compared with the sequence.</summary>
    public static ValueLocation VersionIn(StateKey versions) => ValueLocation.Entry(versions, null);

    /// <summary>Name → the value as it was then, with its head, encoded for the field.</summary>
    public StateKey Backup(string name) => _scope.Key(Partition, StateTypes.ConfigBackup, name);

    private int Partition => _scope.Partition(_route);
}
