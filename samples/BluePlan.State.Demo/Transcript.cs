using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State.Demo;

/// <summary>The conversations that the demo replays, one a line of transcript.jsonl.</summary>
internal sealed record Transcript(string Id, string User, string Title, string Model, JsonElement[] Messages, Transcript.Spent[] Usage)
{
    public sealed record Spent(long Input, long Cached, long Output, long Reasoning = 0);

    public static IReadOnlyList<Transcript> Read()
    {
        using var stream = typeof(Transcript).Assembly.GetManifestResourceStream("transcript.jsonl")!;
        using var reader = new StreamReader(stream);
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        var transcripts = new List<Transcript>();
        while (reader.ReadLine() is { } line) transcripts.Add(JsonSerializer.Deserialize<Transcript>(line, options)!);
        return transcripts;
    }
}
