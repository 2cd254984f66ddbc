using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>
/// Converts a <see cref="StateETag"/> to and from JSON: text of 32 hexadecimal digits, or <c>null</c> for no tag.
/// </summary>
public sealed class StateETagJsonConverter : JsonConverter<StateETag>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override StateETag Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => default,
        JsonTokenType.String => Parse(reader.GetString()),
        _ => throw new JsonException("An ETag is text of 32 hexadecimal digits, or null."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, StateETag value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.IsEmpty) writer.WriteNullValue();
        else writer.WriteStringValue(value.ToString());
    }

    /// <inheritdoc/>
    public override StateETag ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, StateETag value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.IsEmpty) throw new JsonException("An empty ETag names no property.");
        writer.WritePropertyName(value.ToString());
    }

    private static StateETag Parse(string? text) =>
        StateETag.TryParse(text, out var tag) ? tag : throw new JsonException("An ETag is text of 32 hexadecimal digits, or null.");
}
