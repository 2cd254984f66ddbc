using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Source-generated JSON of what is stored of conversations.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = StoredJson.Omitted, UseStringEnumConverter = StoredJson.EnumsByName, MaxDepth = StoredJson.MaxDepth)]
[JsonSerializable(typeof(ConversationHead))]
[JsonSerializable(typeof(StoredMessage))]
internal sealed partial class HistoryJson : JsonSerializerContext;
