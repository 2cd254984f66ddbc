using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BluePlan.State;

/// <summary>Turns JSON into the keys and values of a configuration, as the JSON files of .NET are.</summary>
internal static class JsonSettings
{
    /// <summary>The keys and values of some JSON.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="section">The section that its members are in; empty for the root.</param>
    /// <exception cref="FormatException">The members of the root are none, or two names differ in case only.</exception>
    public static Dictionary<string, string?> Flatten(JsonElement json, string section)
    {
        if (section.Length == 0 && json.ValueKind is not JsonValueKind.Object)
            throw new FormatException($"At the root of a configuration stands a JSON object, and the config is of kind {json.ValueKind}. Save an object, or put it into a section.");
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Add(settings, section, json);
        return settings;
    }

    // As deep as the reader of the config lets JSON nest.
    private static void Add(Dictionary<string, string?> settings, string path, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                if (!json.EnumerateObject().Any() && path.Length > 0) Set(settings, path, null);
                foreach (var member in json.EnumerateObject()) Add(settings, Combine(path, member.Name), member.Value);
                break;
            case JsonValueKind.Array:
                // The binder tells an empty list from none by this.
                if (json.GetArrayLength() == 0) Set(settings, path, "");
                var index = 0;
                foreach (var item in json.EnumerateArray()) Add(settings, Combine(path, (index++).ToString(CultureInfo.InvariantCulture)), item);
                break;
            case JsonValueKind.Null:
                Set(settings, path, null);
                break;
            default:
                Set(settings, path, json.ToString());
                break;
        }
    }

    private static string Combine(string path, string name) => path.Length == 0 ? name : ConfigurationPath.Combine(path, name);

    private static void Set(Dictionary<string, string?> settings, string path, string? value)
    {
        if (!settings.TryAdd(path, value)) throw new FormatException("Two members of the config have one name in a configuration, which ignores case. Rename one of them.");
    }
}
