using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>A backup, as its manifest describes it.</summary>
public sealed record Backup
{
    /// <summary>What calls name it by. Later backups sort after earlier ones, to the millisecond.</summary>
    public required string Id { get; init; }

    /// <summary>The note that it was made with; null = none.</summary>
    public string? Name { get; init; }

    /// <summary>Whose state it holds; empty = the whole store.</summary>
    public required string Tenant { get; init; }

    /// <summary>When its creation began, in UTC, by the store's clock. Everything written before is in it.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The name of the provider that it was made from. It restores into any other.</summary>
    public string Provider { get; init; } = "";

    /// <summary>How many partitions the store had. It restores only into stores with as many. 0 when the manifest is damaged.</summary>
    public int PartitionCount { get; init; }

    /// <summary>Whether each partition is shown as of one instant, rather than each key.</summary>
    public bool IsPartitionConsistent { get; init; }

    /// <summary>How many keys it holds.</summary>
    public long Keys { get; init; }

    /// <summary>How many keys it holds of each part that has any; <see cref="StateParts.None"/> counts those of types that this version does not know.</summary>
    public IReadOnlyDictionary<StateParts, long> KeysByPart { get; init; } = new Dictionary<StateParts, long>();

    /// <summary>How many bytes its records took before compression.</summary>
    public long Bytes { get; init; }

    /// <summary>How many bytes its chunks take in the target.</summary>
    public long StoredBytes { get; init; }

    /// <summary>What is wrong with its manifest, so that it can only be deleted; null = nothing. Chunks are looked at by <see cref="IBackupManager.VerifyAsync"/> only.</summary>
    public string? Damage { get; init; }

    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Id = {Id}, CreatedAt = {CreatedAt:O}, Provider = {Provider}, PartitionCount = {PartitionCount}, Keys = {Keys}, StoredBytes = {StoredBytes}, IsDamaged = {Damage is not null}");
        return true;
    }
}
