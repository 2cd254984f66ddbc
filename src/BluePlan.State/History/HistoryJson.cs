using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Source-generated JSON of what is stored of conversations.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, MaxDepth = MessageRules.MaximumPartsDepth + 8)]
[JsonSerializable(typeof(ConversationHead))]
[JsonSerializable(typeof(StoredMessage))]
internal sealed partial class HistoryJson : JsonSerializerContext;
