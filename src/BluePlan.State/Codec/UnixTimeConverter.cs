using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>Writes an instant as Unix milliseconds, and also reads the text in ISO 8601 that was written before.</summary>
internal sealed class UnixTimeConverter : JsonConverter<DateTimeOffset>
{
    private static readonly long Min = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Max = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is JsonTokenType.String) return reader.GetDateTimeOffset();
        return reader.GetInt64() is var milliseconds && milliseconds >= Min && milliseconds <= Max ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new JsonException("The instant is out of range.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds());
}
