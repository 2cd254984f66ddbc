using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>What a tenant's first record fixed, as it is stored.</summary>
internal sealed record UsageSettings
{
    /// <summary>The reporting time zone: its IANA id where it has one.</summary>
    [JsonPropertyName("timeZone")]
    public required string TimeZone { get; init; }
}
