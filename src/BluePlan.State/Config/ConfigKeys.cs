using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The keys of a tenant's configs. All lie in one partition, so that several configs change together.</summary>
internal sealed class ConfigKeys
{
    private readonly StateScope _scope;
    private readonly int _partition;

    public ConfigKeys(StateScope scope)
    {
        _scope = scope;
        _partition = scope.Partition(StateRoute.Of("config", scope.Tenant, ""));
        Set = scope.Key(_partition, StateTypes.ConfigSet, "");
        Names = scope.Key(_partition, StateTypes.ConfigNames, "");
        BackupNames = scope.Key(_partition, StateTypes.ConfigBackupNames, "");
    }

    /// <summary>Holds nothing but an ETag, new with every change of any config: the condition of what must see all configs as of one moment.</summary>
    public StateKey Set { get; }

    /// <summary>Name → version, time in Unix milliseconds, 1 when that version is a deletion.</summary>
    public StateKey Names { get; }

    /// <summary>Name → time in Unix milliseconds, number of configs.</summary>
    public StateKey BackupNames { get; }

    /// <summary>The value now; absent when the config is deleted.</summary>
    public StateKey Config(string name) => _scope.Key(_partition, StateTypes.Config, name);

    /// <summary>The kept versions. An entry's sequence is its version, and the log is never deleted, so versions rise for ever.</summary>
    public StateKey Versions(string name) => _scope.Key(_partition, StateTypes.ConfigVersions, name);

    /// <summary>Name → the value as it was stored.</summary>
    public StateKey Backup(string name) => _scope.Key(_partition, StateTypes.ConfigBackup, name);
}
