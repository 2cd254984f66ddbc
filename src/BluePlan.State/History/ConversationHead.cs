using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>What is stored of a conversation beside its messages.</summary>
internal sealed class ConversationHead
{
    [JsonPropertyName("u")]
    public required string UserId { get; init; }

    [JsonPropertyName("t")]
    public string? Title { get; init; }

    /// <summary>Unix milliseconds.</summary>
    [JsonPropertyName("c")]
    public long CreatedAt { get; init; }
}
