using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>The sums of a month that is over, as they are stored.</summary>
internal sealed record UsageMonth
{
    /// <summary>Each model's vector, see <see cref="TokenTotals.ToVector"/>.</summary>
    [JsonPropertyName("models")]
    public required Dictionary<string, long[]> Models { get; init; }
}
