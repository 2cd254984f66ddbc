using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State.Benchmarks;

/// <summary>Writes a report for programs.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static async Task WriteAsync(Report report, string path)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, report, new ReportJson(new(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Report);
    }
}
