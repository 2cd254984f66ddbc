using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>A message as it is stored, in few bytes: sequence and id are not in it, since the log has them, and what is empty is left out.</summary>
/// <remarks>The names are stored, so they never change. The properties have setters since JSON is read twice as fast into them as into what is only initialized.</remarks>
internal sealed class StoredMessage
{
    [JsonPropertyName("r"), JsonRequired]
    public string Role { get; set; } = "";

    [JsonPropertyName("t")]
    public string? Text { get; set; }

    [JsonPropertyName("n")]
    public string? Name { get; set; }

    [JsonPropertyName("c")]
    public StoredCall[]? Calls { get; set; }

    [JsonPropertyName("o")]
    public StoredResult[]? Results { get; set; }

    [JsonPropertyName("p")]
    public JsonElement? Parts { get; set; }

    /// <summary>Further members.</summary>
    [JsonPropertyName("x")]
    public Dictionary<string, JsonElement>? Members { get; set; }

    [JsonPropertyName("k")]
    public bool Pinned { get; set; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("w")]
    public long CreatedAt { get; set; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("e")]
    public long? EditedAt { get; set; }
}
