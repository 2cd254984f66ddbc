using System.Text.Json.Serialization;

namespace BluePlan.State.AotSmoke;

[JsonSerializable(typeof(SmokeData))]
internal sealed partial class SmokeJson : JsonSerializerContext;
