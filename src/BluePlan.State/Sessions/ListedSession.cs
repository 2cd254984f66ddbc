using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>A session as a listing shows it: everything but the id, which the store does not know. <see cref="ToString"/> does not show <see cref="Data"/>.</summary>
/// <typeparam name="T">The type of the host's data.</typeparam>
public sealed record ListedSession<T>
{
    /// <inheritdoc cref="Session{T}.Handle"/>
    public required string Handle { get; init; }

    /// <inheritdoc cref="Session{T}.UserId"/>
    public required string UserId { get; init; }

    /// <summary>The host's data; <c>default</c> if <see cref="SchemaError"/> is not <c>null</c>.</summary>
    public T? Data { get; init; }

    /// <summary>
    /// Why the data does not fit the type; <c>null</c> if it was read. The session can be revoked all the same, and
    /// read as <see cref="System.Text.Json.JsonElement"/>.
    /// </summary>
    [JsonIgnore]
    public StateSchemaException? SchemaError { get; init; }

    /// <inheritdoc cref="Session{T}.Status"/>
    public SessionStatus Status { get; init; }

    /// <inheritdoc cref="Session{T}.CreatedAt"/>
    public DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc cref="Session{T}.LastActivityAt"/>
    public DateTimeOffset LastActivityAt { get; init; }

    /// <inheritdoc cref="Session{T}.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Handle = {Handle}, Status = {Status}, CreatedAt = {CreatedAt:O}, LastActivityAt = {LastActivityAt:O}, ExpiresAt = {ExpiresAt:O}");
        return true;
    }
}
