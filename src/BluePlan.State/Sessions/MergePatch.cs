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
        var isObject = target.ValueKind is JsonValueKind.Object;
        var merged = new JsonObject();
        if (isObject) foreach (var member in target.EnumerateObject()) merged[member.Name] = ToNode(member.Value);
        foreach (var change in patch.EnumerateObject())
        {
            if (change.Value.ValueKind is JsonValueKind.Null) merged.Remove(change.Name);
            else merged[change.Name] = Apply(isObject && target.TryGetProperty(change.Name, out var old) ? old : default, change.Value);
        }
        return merged;
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
