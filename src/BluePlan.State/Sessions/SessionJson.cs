using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>The stored form of session heads: never changes but by new optional properties.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SessionHead))]
internal sealed partial class SessionJson : JsonSerializerContext;
