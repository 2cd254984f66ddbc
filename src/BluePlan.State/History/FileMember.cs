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

    /// <summary>Whether a member stands twice in an object, or in one of those inside it that an import interprets.</summary>
    public static bool Repeats(JsonElement element)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
            if (!names.Add(member.Name) || IsInterpreted(member.Name) && (member.Value.ValueKind switch
                {
                    JsonValueKind.Object => Repeats(member.Value),
                    JsonValueKind.Array => member.Value.EnumerateArray().Any(static item => item.ValueKind is JsonValueKind.Object && Repeats(item)),
                    _ => false,
                })) return true;
        return false;
    }

    private static bool IsInterpreted(string name) =>
        name is "messages" or "tool_calls" or "function" or "custom" or "function_call" or "conversation" or OpenAiFormat.Extension;

    /// <exception cref="InvalidDataException">It is no text.</exception>
    public static string? Text(JsonElement element, string name) => Property(element, name, JsonValueKind.String)?.GetString();

    /// <exception cref="InvalidDataException">It is no time.</exception>
    public static DateTimeOffset? Instant(JsonElement element, string name) =>
        Text(element, name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.ToUniversalTime()
        : throw new InvalidDataException($"its {name} is not a time in ISO 8601.");
}
