using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>What is stored before each version's value. A deletion is a head without a value.</summary>
internal sealed record ConfigHead(
    [property: JsonPropertyName("version")] long Version,
    [property: JsonPropertyName("savedAt"), JsonConverter(typeof(UnixTimeConverter))] DateTimeOffset SavedAt,
    [property: JsonPropertyName("deleted")] bool Deleted = false);
