using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>What every view of a session shows.</summary>
/// <remarks><see cref="object.ToString"/> shows neither the user nor the data.</remarks>
public abstract record SessionInfo
{
    private protected SessionInfo() { }

    /// <summary>
    /// Gets an identifier that is not a secret: 32 hexadecimal digits. The session's id cannot be computed from it.
    /// <see cref="ISessionManager.RevokeAsync"/> takes it.
    /// </summary>
    public required string Handle { get; init; }

    /// <summary>Gets the session's user.</summary>
    public required string UserId { get; init; }

    /// <summary>Gets the status set by <see cref="ISessionManager.SetStatusAsync"/>.</summary>
    public SessionStatus Status { get; init; }

    /// <summary>
    /// Gets when the session was created, by the store's clock, in whole milliseconds. Rotation keeps the value.
    /// </summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when the session was last used, by the store's clock.</summary>
    /// <value>
    /// When it was last created, updated, saved, patched or rotated or, if it slides, read by
    /// <see cref="ISessionManager.GetAsync"/>, whichever is latest. In the last window before an absolute end, which
    /// reads do not move, the value may lag behind the last read by less than that window.
    /// </value>
    public DateTimeOffset LastActivityAt { get; init; }

    /// <summary>
    /// Gets when the session expires unless it is used before, by the store's clock; <c>null</c> if it does not expire.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// Gets the session's version. Every write changes it; a read that slides the expiry does not.
    /// </summary>
    public StateETag ETag { get; init; }

    /// <summary>Prints what is no secret.</summary>
    /// <param name="builder">Receives the text.</param>
    /// <returns><c>true</c>.</returns>
    protected virtual bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Handle = {Handle}, Status = {Status}, CreatedAt = {CreatedAt:O}, LastActivityAt = {LastActivityAt:O}, ExpiresAt = {ExpiresAt:O}");
        return true;
    }
}
