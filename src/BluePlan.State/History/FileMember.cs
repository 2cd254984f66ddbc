using System.Globalization;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>Reads members of a JSON object in a file. A JSON null is the same as none.</summary>
internal static class FileMember
{
    /// <exception cref="InvalidDataException">It is of another kind.</exception>
    public static JsonElement? Property(JsonElement element, string name, JsonValueKind kind)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null) return null;
        return value.ValueKind == kind ? value : throw new InvalidDataException($"its {name} is not of the kind {kind}.");
    }

    /// <exception cref="InvalidDataException">It is no text.</exception>
    public static string? Text(JsonElement element, string name) => Property(element, name, JsonValueKind.String)?.GetString();

    /// <exception cref="InvalidDataException">It is no time.</exception>
    public static DateTimeOffset? Instant(JsonElement element, string name) =>
        Text(element, name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.ToUniversalTime()
        : throw new InvalidDataException($"its {name} is not a time in ISO 8601.");
}
