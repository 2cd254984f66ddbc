using System.Text.Json;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>What the library itself knows of a session, stored as one line of JSON before the host's data. Times are Unix milliseconds.</summary>
/// <remarks>A time of zero is one like others, so it is written, too.</remarks>
/// <param name="User">Whose it is.</param>
/// <param name="Created">When it was created.</param>
/// <param name="Active">When it was last created, updated or patched.</param>
/// <param name="Status">What the host says of it.</param>
internal sealed record SessionHead(
    string User,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long Created,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long Active,
    SessionStatus Status = SessionStatus.Active)
{
    /// <summary>Reads what <see cref="SessionJson"/> writes, and passes over what later versions may add. By hand, since it is read at every read of a session: that takes half the time of the serializer.</summary>
    /// <inheritdoc cref="JsonRead{T}"/>
    public static SessionHead Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartObject) throw new JsonException("It is no object.");
        string? user = null;
        long? created = null, active = null;
        var status = SessionStatus.Active;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("user"u8)) user = Value(ref reader).GetString();
            else if (reader.ValueTextEquals("created"u8)) created = Value(ref reader).GetInt64();
            else if (reader.ValueTextEquals("active"u8)) active = Value(ref reader).GetInt64();
            else if (reader.ValueTextEquals("status"u8)) status = StatusOf(Value(ref reader).GetString());
            else reader.Skip();
        }
        return new(user ?? throw Lacks("user"), created ?? throw Lacks("created"), active ?? throw Lacks("active"), status);
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
