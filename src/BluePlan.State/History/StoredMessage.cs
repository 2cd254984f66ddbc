using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>A message as it is stored, in few bytes: sequence and id are not in it, since the log has them, and what is empty is left out.</summary>
/// <remarks>The names are stored, so they never change.</remarks>
internal sealed class StoredMessage
{
    [JsonPropertyName("r")]
    public required string Role { get; init; }

    [JsonPropertyName("t")]
    public string? Text { get; init; }

    [JsonPropertyName("n")]
    public string? Name { get; init; }

    [JsonPropertyName("c")]
    public StoredCall[]? Calls { get; init; }

    [JsonPropertyName("o")]
    public StoredResult[]? Results { get; init; }

    [JsonPropertyName("p")]
    public JsonElement? Parts { get; init; }

    [JsonPropertyName("k")]
    public bool Pinned { get; init; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("w")]
    public long CreatedAt { get; init; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("e")]
    public long? EditedAt { get; init; }
}
