using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Counts and hashes records: what the manifest says of the content, and what it is compared with.</summary>
internal sealed class BackupCount(int partitionCount)
{
    private readonly ContentHash _hash = new(partitionCount);
    private readonly Dictionary<(string Type, StateShape Shape), long> _types = [];

    public long Keys { get; private set; }

    /// <summary>How many keys there are of each type and shape, in the order of their names.</summary>
    public IReadOnlyList<ManifestType> Types =>
        [.. _types.Select(static t => new ManifestType(t.Key.Type, t.Key.Shape, t.Value)).OrderBy(static t => t.Type, StringComparer.Ordinal).ThenBy(static t => t.Shape)];

    public IReadOnlyList<string> PartitionHashes => _hash.ToList();

    public void Add(StateRecord record)
    {
        _hash.Add(record);
        if (record.Continues) return;
        var type = (record.Key.Type, record.Key.Shape);
        _types[type] = _types.GetValueOrDefault(type) + 1;
        Keys++;
    }
}
