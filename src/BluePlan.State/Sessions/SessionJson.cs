using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Writes the stored form of session heads, which never changes but by new optional properties. <see cref="SessionHead.Read"/> reads it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SessionHead))]
internal sealed partial class SessionJson : JsonSerializerContext;
