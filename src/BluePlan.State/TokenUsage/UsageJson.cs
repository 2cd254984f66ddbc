using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Source-generated JSON of what is stored of usage.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = StoredJson.Omitted, UseStringEnumConverter = StoredJson.EnumsByName, MaxDepth = StoredJson.MaxDepth)]
[JsonSerializable(typeof(UsageDetail))]
[JsonSerializable(typeof(UsageMonth))]
[JsonSerializable(typeof(UsageSettings))]
internal sealed partial class UsageJson : JsonSerializerContext;
