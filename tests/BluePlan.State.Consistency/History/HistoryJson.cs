using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State.Consistency;

/// <summary>How operations are written: one JSON object a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Operation))]
[JsonSerializable(typeof(Completion))]
[JsonSerializable(typeof(ClientSettings))]
[JsonSerializable(typeof(ObjectName[]))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    /// <summary>Writes a history to a file that <see cref="ReadAsync"/> reads.</summary>
    public static Task WriteAsync(string path, IEnumerable<Operation> history) =>
        File.WriteAllLinesAsync(path, history.Select(static operation => JsonSerializer.Serialize(operation, Default.Operation)));

    /// <summary>Reads a history from a file.</summary>
    public static async Task<IReadOnlyList<Operation>> ReadAsync(string path) =>
        [.. (await File.ReadAllLinesAsync(path)).Where(static line => line.Length > 0)
            .Select(static line => JsonSerializer.Deserialize(line, Default.Operation)!)];
}
