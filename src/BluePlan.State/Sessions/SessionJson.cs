using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Writes the stored form of session heads, which never changes but by new optional properties. <see cref="SessionHead.Read"/> reads it.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = StoredJson.Omitted, UseStringEnumConverter = StoredJson.EnumsByName, MaxDepth = StoredJson.MaxDepth)]
[JsonSerializable(typeof(SessionHead))]
internal sealed partial class SessionJson : JsonSerializerContext;
