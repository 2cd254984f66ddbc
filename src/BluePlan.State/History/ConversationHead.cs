using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>What is stored of a conversation beside its messages.</summary>
internal sealed record ConversationHead
{
    [JsonPropertyName("u")]
    public required string UserId { get; init; }

    [JsonPropertyName("t")]
    public string? Title { get; init; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("c")]
    public long CreatedAt { get; init; }

    /// <summary>The host's own id, by which it was created.</summary>
    [JsonPropertyName("h")]
    public string? HostId { get; init; }

    /// <summary>Further members.</summary>
    [JsonPropertyName("x")]
    public Dictionary<string, JsonElement>? Members { get; init; }
}
