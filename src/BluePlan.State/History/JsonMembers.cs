using System.Collections.ObjectModel;
using System.Text.Json;

namespace BluePlan.State;

/// <summary>Further members of a JSON object, which are kept and never interpreted.</summary>
internal static class JsonMembers
{
    public static IReadOnlyDictionary<string, JsonElement> None => ReadOnlyDictionary<string, JsonElement>.Empty;

    public static bool AreEqual(IReadOnlyDictionary<string, JsonElement> one, IReadOnlyDictionary<string, JsonElement> other)
    {
        if (ReferenceEquals(one, other)) return true;
        if (one.Count != other.Count) return false;
        foreach (var (name, value) in one)
            if (!other.TryGetValue(name, out var another) || !JsonElement.DeepEquals(value, another)) return false;
        return true;
    }

    /// <summary>As they are stored; null = there is none.</summary>
    public static Dictionary<string, JsonElement>? ToStored(IReadOnlyDictionary<string, JsonElement> members) => members.Count == 0 ? null : new(members, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, JsonElement> FromStored(Dictionary<string, JsonElement>? members) => members is { Count: > 0 } ? members : None;

    /// <summary>The members of an object but those that are known. A JSON null says nothing, so it is left
    /// out.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Unknown(JsonElement element, params ReadOnlySpan<string> known)
    {
        Dictionary<string, JsonElement>? unknown = null;
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.Null || known.Contains(member.Name)) continue;
            (unknown ??= new(StringComparer.Ordinal))[member.Name] = member.Value.Clone();
        }
        return unknown ?? None;
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, JsonElement> members, params ReadOnlySpan<string> but)
    {
        foreach (var (name, value) in members)
        {
            if (but.Contains(name)) continue;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }
}
