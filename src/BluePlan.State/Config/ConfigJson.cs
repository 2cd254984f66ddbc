using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Source-generated JSON of what the config manager keeps.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ConfigHead))]
internal sealed partial class ConfigJson : JsonSerializerContext;
