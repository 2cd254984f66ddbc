using System.Text.Json;
using System.Text.Json.Nodes;

namespace BluePlan.State;

/// <summary>JSON Merge Patch, RFC 7396 (https://www.rfc-editor.org/rfc/rfc7396), section 2.</summary>
internal static class MergePatch
{
    /// <summary>What a patch says in JSON, whatever objects of .NET its nodes hold.</summary>
    /// <exception cref="ArgumentException">It nests too deep to be read back, or holds text that is not well-formed.</exception>
    public static JsonElement Read(JsonObject patch)
    {
        if (IsTooDeep(patch)) throw TooDeep();
        try
        {
            // Not by ToJsonString, which leaves the text in an array of the pool that everybody rents from.
            using var json = new PooledBuffer();
            using (var writer = new Utf8JsonWriter(json, JsonStateSerializer.WriterOptions)) patch.WriteTo(writer);
            return JsonElement.Parse(json.Written.Span);
        }
        catch (JsonException exception) // a node that holds an object of .NET which nests deeper
        {
            throw TooDeep(exception);
        }

        static ArgumentException TooDeep(Exception? inner = null) => new($"It nests deeper than {JsonStateSerializer.MaximumDepth} levels.", nameof(patch), inner);
    }

    /// <summary>The target with the patch applied. Members keep their order, numbers their digits; of a member that is there twice the last one counts, as for every reader.</summary>
    public static JsonNode? Apply(JsonElement target, JsonElement patch)
    {
        if (patch.ValueKind is not JsonValueKind.Object) return ToNode(patch);
        // Found by name and put into an object at the end: to look for each in the target, or to take each out of an object, goes through all of them every time.
        var (old, places, members) = (new Dictionary<string, JsonElement>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal), new List<(string Name, JsonNode? Value, bool IsKept)>());
        if (target.ValueKind is JsonValueKind.Object)
            foreach (var member in target.EnumerateObject())
            {
                old[member.Name] = member.Value;
                Set(member.Name, ToNode(member.Value));
            }
        foreach (var change in patch.EnumerateObject())
        {
            if (change.Value.ValueKind is not JsonValueKind.Null) Set(change.Name, Apply(old.GetValueOrDefault(change.Name), change.Value));
            else if (places.Remove(change.Name, out var place)) members[place] = default;
        }
        return new JsonObject(members.Where(static m => m.IsKept).Select(static m => KeyValuePair.Create(m.Name, m.Value)));

        void Set(string name, JsonNode? value)
        {
            if (places.TryGetValue(name, out var place)) members[place] = (name, value, true);
            else
            {
                places.Add(name, members.Count);
                members.Add((name, value, true));
            }
        }
    }

    /// <summary>Whether a node nests deeper than what can be read back. Asked before it is written, since writing it goes as deep as it nests.</summary>
    public static bool IsTooDeep(JsonNode? node, int limit = JsonStateSerializer.MaximumDepth) => node switch
    {
        JsonObject or JsonArray when limit == 0 => true,
        JsonObject members => members.Any(m => IsTooDeep(m.Value, limit - 1)),
        JsonArray items => items.Any(i => IsTooDeep(i, limit - 1)),
        _ => false,
    };

    private static JsonNode? ToNode(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        _ => JsonValue.Create(element),
    };
}
