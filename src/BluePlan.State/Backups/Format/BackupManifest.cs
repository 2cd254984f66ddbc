using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>What describes a backup: the JSON of its manifest. Names and meanings are stored, so they never change; see <see cref="ManifestFormat"/>.</summary>
internal sealed record BackupManifest
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    public required string Tenant { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string Provider { get; init; }

    public required int PartitionCount { get; init; }

    public required bool PartitionConsistent { get; init; }

    /// <summary>How many keys there are of each type and shape.</summary>
    public required IReadOnlyList<ManifestType> Types { get; init; }

    /// <summary>For each partition the <see cref="ContentHash"/> of what it holds, in 32 hexadecimal digits.</summary>
    public required IReadOnlyList<string> PartitionHashes { get; init; }

    /// <summary>In the order in which the records follow each other.</summary>
    public required IReadOnlyList<ManifestChunk> Chunks { get; init; }

    [JsonIgnore]
    public long Keys => Types.Sum(static t => t.Keys);

    [JsonIgnore]
    public long StoredBytes => Chunks.Sum(static c => c.StoredBytes);
}
