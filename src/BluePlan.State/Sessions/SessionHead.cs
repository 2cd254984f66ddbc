using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>
/// What the library itself knows of a session, stored as one line of JSON before the host's data. Times are Unix
/// milliseconds; a time of zero is one like others, so it is written, too.
/// </summary>
/// <param name="User">Whose it is.</param>
/// <param name="Created">When it was created.</param>
/// <param name="Active">When it was last created, updated or patched.</param>
/// <param name="Status">What the host says of it.</param>
internal sealed record SessionHead(
    [property: JsonPropertyName(SessionHead.UserName)] string User,
    [property: JsonPropertyName(SessionHead.CreatedName), JsonIgnore(Condition = JsonIgnoreCondition.Never)] long Created,
    [property: JsonPropertyName(SessionHead.ActiveName), JsonIgnore(Condition = JsonIgnoreCondition.Never)] long Active,
    [property: JsonPropertyName(SessionHead.StatusName)] SessionStatus Status = SessionStatus.Active)
{
    private const string UserName = "user", CreatedName = "created", ActiveName = "active", StatusName = "status";

    private static readonly JsonEncodedText UserText = JsonEncodedText.Encode(UserName);
    private static readonly JsonEncodedText CreatedText = JsonEncodedText.Encode(CreatedName);
    private static readonly JsonEncodedText ActiveText = JsonEncodedText.Encode(ActiveName);
    private static readonly JsonEncodedText StatusText = JsonEncodedText.Encode(StatusName);

    /// <summary>
    /// Reads what <see cref="SessionJson"/> writes. Every read of a session reads its head, and this takes about two
    /// thirds of the serializer's time.
    /// </summary>
    /// <inheritdoc cref="JsonRead{T}"/>
    public static SessionHead Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartObject) throw new JsonException("It is no object.");
        string? user = null;
        long? created = null, active = null;
        var status = SessionStatus.Active;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(UserText.EncodedUtf8Bytes)) user = Value(ref reader).GetString();
            else if (reader.ValueTextEquals(CreatedText.EncodedUtf8Bytes)) created = Value(ref reader).GetInt64();
            else if (reader.ValueTextEquals(ActiveText.EncodedUtf8Bytes)) active = Value(ref reader).GetInt64();
            else if (reader.ValueTextEquals(StatusText.EncodedUtf8Bytes)) status = StatusOf(Value(ref reader).GetString());
            else reader.Skip();
        }
        return new(user ?? throw Lacks(UserName), created ?? throw Lacks(CreatedName), active ?? throw Lacks(ActiveName), status);
    }

    private static ref Utf8JsonReader Value(ref Utf8JsonReader reader)
    {
        reader.Read();
        return ref reader;
    }

    private static SessionStatus StatusOf(string? name) =>
        Enum.TryParse<SessionStatus>(name, out var status) && Enum.IsDefined(status) ? status : throw new JsonException("It has a status that is not known here. Perhaps a newer version wrote it.");

    private static JsonException Lacks(string what) => new($"It lacks '{what}'.");
}
