using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>A tool call as it is stored.</summary>
internal sealed class StoredCall
{
    [JsonPropertyName("i")]
    public required string Id { get; init; }

    [JsonPropertyName("n")]
    public required string Name { get; init; }

    [JsonPropertyName("a")]
    public required string Arguments { get; init; }

    /// <summary>Further members.</summary>
    [JsonPropertyName("x")]
    public Dictionary<string, JsonElement>? Members { get; init; }
}
