using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Gathers new versions of configs into one commit, so that value, kept version, listing and signal cannot part. Its buffers live until it is disposed.</summary>
internal sealed class ConfigChanges(StateCodec codec, ConfigKeys keys, int keepVersions, bool notify) : IDisposable
{
    private readonly PooledBuffers _buffers = new();
    private readonly List<StateOperation> _operations = [];
    private readonly List<MapField> _names = [];

    public int Count => _names.Count;

    /// <summary>Adds a version. Its number must be above every one the config had: the log makes that a condition of the commit.</summary>
    public void Add(string name, ConfigHead head, SerializedValue value)
    {
        var (key, versions) = (keys.Config(name), keys.Versions(name));
        _operations.Add(head.Deleted ? new DeleteKey(key) : new PutDocument(key, Encode(ValueLocation.Document(key), head, value)));
        _operations.Add(new AppendEntries(versions, [new(Encode(ConfigKeys.VersionIn(versions), head, value), Sequence: head.Version)], keepVersions));
        if (notify) _operations.Add(new NotifyWatchers(key));
        _names.Add(new(name, new MapValue(new[] { head.Version, head.SavedAt.ToUnixTimeMilliseconds(), head.Deleted ? 1 : 0 })));
    }

    /// <param name="set">What must hold of <see cref="ConfigKeys.Set"/>.</param>
    public StateCommit ToCommit(StateCondition set = default) =>
        new([.. _operations, new SetFields(keys.Names, _names), new PutDocument(keys.Set, default, condition: set)]);

    public void Dispose() => _buffers.Dispose();

    private ReadOnlyMemory<byte> Encode(ValueLocation location, ConfigHead head, SerializedValue value) =>
        _buffers.Add(codec.Encode(location, head, ConfigJson.Default.ConfigHead, value));
}
