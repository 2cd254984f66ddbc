using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Source-generated JSON of what is stored of usage.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(UsageDetail))]
[JsonSerializable(typeof(UsageMonth))]
[JsonSerializable(typeof(UsageSettings))]
internal sealed partial class UsageJson : JsonSerializerContext;
