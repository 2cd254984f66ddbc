using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>A tool result as it is stored.</summary>
internal sealed class StoredResult
{
    [JsonPropertyName("i")]
    public required string CallId { get; init; }

    [JsonPropertyName("t")]
    public required string Text { get; init; }

    [JsonPropertyName("p")]
    public JsonElement? Parts { get; init; }

    /// <summary>Further members.</summary>
    [JsonPropertyName("x")]
    public Dictionary<string, JsonElement>? Members { get; init; }
}
