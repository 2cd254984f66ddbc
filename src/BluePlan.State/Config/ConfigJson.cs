using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Source-generated JSON of what the config manager keeps.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = StoredJson.Omitted, UseStringEnumConverter = StoredJson.EnumsByName, MaxDepth = StoredJson.MaxDepth)]
[JsonSerializable(typeof(ConfigHead))]
internal sealed partial class ConfigJson : JsonSerializerContext;
