using System.Text.Json.Serialization;

namespace BluePlan.State.Benchmarks;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChatState))]
[JsonSerializable(typeof(CachedSession))]
[JsonSerializable(typeof(SourceSession))]
[JsonSerializable(typeof(List<SourceMessage>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(SourceUsage))]
[JsonSerializable(typeof(SourceStats))]
internal sealed partial class BenchmarkJson : JsonSerializerContext;
