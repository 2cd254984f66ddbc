using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>
/// A session as of one instant. <see cref="ToString"/> shows neither <see cref="Id"/> nor whose it is nor
/// <see cref="Data"/>; JSON does not show <see cref="Id"/>.
/// </summary>
/// <typeparam name="T">The type of the host's data.</typeparam>
public sealed record Session<T>
{
    /// <summary>The session's id, a bearer secret: whoever has it has the session. The store keeps only its hash, see <see cref="Handle"/>. Never log it.</summary>
    /// <remarks>Not <c>required</c>, since System.Text.Json refuses a type with a required member that it ignores.</remarks>
    [JsonIgnore]
    public string Id { get; init; } = "";

    /// <summary>Names the session without giving it away, 32 hexadecimal digits: what listings show and <see cref="ISessionManager.RevokeAsync"/> takes. Nobody can compute the id from it.</summary>
    public required string Handle { get; init; }

    /// <summary>Whose session it is.</summary>
    public required string UserId { get; init; }

    /// <summary>The host's data.</summary>
    /// <exception cref="StateSchemaException">Only after <see cref="ISessionManager.RotateAsync{T}"/>: the session was
    /// rotated, and its data does not fit the type.</exception>
    public required T Data { get => SchemaError is { } error ? throw error.Again() : field; init; }

    /// <summary>What the host last said of it by <see cref="ISessionManager.SetStatusAsync"/>.</summary>
    public SessionStatus Status { get; init; }

    /// <summary>When it was created, by the store's clock, in whole milliseconds. Rotation keeps it.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// When it was last created, updated or patched or, for one that slides, read by <see cref="ISessionManager.GetAsync"/>, whichever is latest. Reads of a session that does
    /// not slide leave no trace. Within the last window before an absolute end, which reads no longer move, it may lag behind the last read, by less than that window.
    /// </summary>
    public DateTimeOffset LastActivityAt { get; init; }

    /// <summary>When it expires unless it is used before, by the store's clock; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    internal StateSchemaException? SchemaError { get; init; }

    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Handle = {Handle}, Status = {Status}, CreatedAt = {CreatedAt:O}, LastActivityAt = {LastActivityAt:O}, ExpiresAt = {ExpiresAt:O}");
        return true;
    }
}
