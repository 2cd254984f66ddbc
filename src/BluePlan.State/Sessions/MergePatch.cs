using System.Text.Json;
using System.Text.Json.Nodes;

namespace BluePlan.State;

/// <summary>JSON Merge Patch, RFC 7396 (https://www.rfc-editor.org/rfc/rfc7396), section 2.</summary>
internal static class MergePatch
{
    /// <summary>How deep JSON may nest that can be read back: the default of System.Text.Json.</summary>
    public const int MaximumDepth = 64;

    /// <summary>The target with the patch applied. Members keep their order, numbers their digits; of a member that is there twice the last one counts, as for every reader.</summary>
    public static JsonNode? Apply(JsonElement target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var isObject = target.ValueKind is JsonValueKind.Object;
        var merged = new JsonObject();
        if (isObject) foreach (var member in target.EnumerateObject()) merged[member.Name] = ToNode(member.Value);
        foreach (var (name, change) in changes)
        {
            if (change is null || change.GetValueKind() is JsonValueKind.Null) merged.Remove(name);
            else merged[name] = Apply(isObject && target.TryGetProperty(name, out var old) ? old : default, change);
        }
        return merged;
    }

    /// <summary>Whether a node nests deeper than what can be read back.</summary>
    public static bool IsTooDeep(JsonNode? node, int limit = MaximumDepth) => node switch
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
