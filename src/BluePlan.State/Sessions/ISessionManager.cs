using System.Text.Json.Nodes;

namespace BluePlan.State;

/// <summary>
/// Manages user sessions: your app's data about a user, which expires when it is not used. Everything about one session
/// happens atomically, however many processes share the store. Thread-safe.
/// </summary>
/// <remarks>
/// <para><b>Ids are bearer secrets.</b> An id gives full access to its session. Ids are made of 128 random bits; the store
/// keeps only their hash, so neither a backup nor a look into the store reveals live sessions. An id that is malformed,
/// altered, expired or of another tenant is absent: the result is <c>null</c> or <c>false</c>.</para>
/// <para><b>User ids</b> are any well-formed text of 1 to 384 bytes in UTF-8.</para>
/// <para><b>The data is decoded only by the members that return it</b>, and by
/// <see cref="ISessionManager.PatchAsync"/>. Deleting, revoking, rotating and setting the status work whatever it
/// is.</para>
/// <para><b>Exceptions of every member.</b> The call itself throws <see cref="ArgumentException"/>. The task ends with
/// <see cref="StateUnavailableException"/> if the store cannot be reached, which says whether the change may have been
/// made; <see cref="StateSchemaException"/> if the data is intact but does not fit the type;
/// <see cref="StateCorruptionException"/> if what is stored cannot be read; <see cref="StateVersionException"/> if a
/// newer version wrote it; <see cref="OperationCanceledException"/>; <see cref="NotSupportedException"/> if no JSON
/// context knows the type; <see cref="ArgumentException"/> if the data nests deeper than 64 levels in JSON.</para>
/// <para>A later version adds members with a default implementation, so a test double keeps compiling.</para>
/// </remarks>
/// <example>
/// <code>
/// var session = await sessions.CreateAsync("alice", new Cart());
/// var cart = (await sessions.GetAsync&lt;Cart&gt;(session.Id))?.Data;
/// </code>
/// </example>
public interface ISessionManager
{
    /// <summary>Creates a session in one commit.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="userId">The session's user.</param>
    /// <param name="data">Your app's data, not <c>null</c>.</param>
    /// <param name="options">Optional settings; <c>null</c> for the defaults.</param>
    /// <param name="cancellationToken">A token that cancels the operation. The session may have been created nevertheless.</param>
    /// <exception cref="ArgumentException">An id breaks its rule, or the expiry is <see cref="StateExpiry.Keep"/>.</exception>
    /// <exception cref="StateConflictException">The user has a live session with this id of your own. It is unchanged.</exception>
    Task<Session<T>> CreateAsync<T>(string userId, T data, SessionCreateOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the id of a session that was created with an id of your own. It is always the same for the same tenant,
    /// user and id. Opens the store if necessary; reads nothing.
    /// </summary>
    /// <remarks>
    /// The id is only as secret as your own one: anyone who knows the user and your id can compute it.
    /// </remarks>
    /// <param name="userId">The session's user.</param>
    /// <param name="hostSessionId">Your own id: any well-formed text of 1 to 384 bytes in UTF-8. Two users may have the same.</param>
    /// <param name="cancellationToken">A token that cancels the operation.</param>
    /// <exception cref="ArgumentException">An id breaks its rule.</exception>
    ValueTask<string> GetIdAsync(string userId, string hostSessionId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads a session and slides its expiry, in one step. If the store refuses to write, the session is read and its
    /// expiry stays.
    /// </summary>
    /// <typeparam name="T">
    /// The type that the data was written as, or one that reads the same bytes, for example
    /// <see cref="System.Text.Json.JsonElement"/>.
    /// </typeparam>
    /// <param name="sessionId">The id.</param>
    /// <param name="cancellationToken">A token that cancels the operation.</param>
    /// <returns>The session; <c>null</c> if it is absent or expired.</returns>
    /// <exception cref="StateSchemaException">
    /// The data does not fit the type. Such a read does not keep the session alive: its expiry is put back to one window
    /// after its last write, if that is still to come, and further failing reads of this process do not slide it.
    /// </exception>
    Task<Session<T>?> GetAsync<T>(string sessionId, CancellationToken cancellationToken = default);

    /// <summary>Reads a session without sliding its expiry.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="sessionId">The id.</param>
    /// <param name="cancellationToken">A token that cancels the operation.</param>
    /// <returns>The session; <c>null</c> if it is absent or expired.</returns>
    Task<Session<T>?> PeekAsync<T>(string sessionId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes a session's data and slides its expiry. Concurrent updates are all applied, one after another. Those of
    /// one process take turns.
    /// </summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="sessionId">The id.</param>
    /// <param name="update">
    /// Returns the new data, not <c>null</c>. It runs again if another writer was faster, so it must not have side
    /// effects. What it throws reaches the caller, and nothing is written. It is given <paramref name="cancellationToken"/>.
    /// </param>
    /// <param name="cancellationToken">A token that cancels the operation. The update may have happened nevertheless.</param>
    /// <returns>The session as written; <c>null</c> if it is absent or expired.</returns>
    /// <exception cref="StateConflictException">
    /// Other processes were faster for <see cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.
    /// </exception>
    /// <exception cref="InvalidOperationException">The update returned <c>null</c>. Nothing was written.</exception>
    Task<Session<T>?> UpdateAsync<T>(string sessionId, Func<T, CancellationToken, ValueTask<T>> update, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes the data of a session that was read before, if nothing has changed the session since, and slides its
    /// expiry: load at the start of a request, save at its end.
    /// </summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="session">
    /// The session as read, with its new data. Only its <see cref="Session{T}.Id"/>, <see cref="SessionInfo.ETag"/> and
    /// <see cref="Session{T}.Data"/> are used.
    /// </param>
    /// <param name="cancellationToken">A token that cancels the operation. The data may have been written nevertheless.</param>
    /// <returns>The session as written, with its new ETag; <c>null</c> if it is absent or expired.</returns>
    /// <exception cref="ArgumentException">The session lacks its id, its ETag or its data.</exception>
    /// <exception cref="StateConflictException">The session has another ETag. Nothing was written.</exception>
    /// <example>
    /// <code>
    /// var session = await sessions.GetAsync&lt;Cart&gt;(id) ?? throw new InvalidOperationException("Sign in first.");
    /// session = await sessions.SaveAsync(session with { Data = session.Data.With(item) });
    /// </code>
    /// </example>
    Task<Session<T>?> SaveAsync<T>(Session<T> session, CancellationToken cancellationToken = default);

    /// <summary>
    /// Applies a JSON Merge Patch (RFC 7396) to a session's data, atomically, and slides its expiry: members are set,
    /// objects are merged into objects, <c>null</c> removes a member, everything else is replaced. Data that is not an
    /// object becomes one. Concurrent patches are all applied.
    /// </summary>
    /// <remarks>The patch names members as they are written in JSON. It is not checked against the type of the data.</remarks>
    /// <param name="sessionId">The id.</param>
    /// <param name="patch">The patch; it is not changed.</param>
    /// <param name="cancellationToken">A token that cancels the operation. The patch may have been applied nevertheless.</param>
    /// <returns><c>true</c> if the session exists; otherwise, <c>false</c>.</returns>
    /// <exception cref="ArgumentException">The patch nests deeper than 64 levels.</exception>
    /// <exception cref="NotSupportedException">The store writes by a serializer of your own, so the data is not JSON.</exception>
    /// <exception cref="StateConflictException">
    /// Other processes were faster for <see cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.
    /// </exception>
    Task<bool> PatchAsync(string sessionId, JsonObject patch, CancellationToken cancellationToken = default);

    /// <summary>Sets the session's status. Its data and expiry stay.</summary>
    /// <param name="sessionId">The id.</param>
    /// <param name="status">The new status.</param>
    /// <param name="cancellationToken">A token that cancels the operation. The status may have been set nevertheless.</param>
    /// <returns><c>true</c> if the session exists; otherwise, <c>false</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status is not one of the enumeration's.</exception>
    /// <exception cref="StateConflictException">
    /// Other processes were faster for <see cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.
    /// </exception>
    Task<bool> SetStatusAsync(string sessionId, SessionStatus status, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces the session's id and revokes the old one, as an app does at sign-in: an id that was known before is
    /// worth nothing afterwards. Data, status, creation and an absolute end stay; the expiry slides.
    /// </summary>
    /// <remarks>
    /// For the same user it is one commit. For another user the new session is written first and the old one deleted
    /// afterwards, with whatever was written to it last. If the store fails in between, the old session lives on, and
    /// the new one, whose id is lost, may be listed until it expires.
    /// </remarks>
    /// <param name="sessionId">The id.</param>
    /// <param name="newUserId">The user who takes the session over; <c>null</c> to keep its user.</param>
    /// <param name="cancellationToken">A token that cancels the operation. The rotation may have happened nevertheless.</param>
    /// <returns>The new id; <c>null</c> if the session is absent or expired, or is deleted meanwhile.</returns>
    /// <exception cref="StateConflictException">
    /// Other processes were faster for <see cref="BluePlanStateOptions.UpdateTimeout"/>. The old id is alive.
    /// </exception>
    Task<string?> RotateAsync(string sessionId, string? newUserId = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a session.</summary>
    /// <param name="sessionId">The id.</param>
    /// <param name="cancellationToken">A token that cancels the operation. The session may have been deleted nevertheless.</param>
    /// <returns><c>true</c> if the session existed; otherwise, <c>false</c>.</returns>
    Task<bool> DeleteAsync(string sessionId, CancellationToken cancellationToken = default);

    /// <summary>Deletes a session by its handle, which a listing shows.</summary>
    /// <param name="userId">The session's user.</param>
    /// <param name="handle">See <see cref="SessionInfo.Handle"/>.</param>
    /// <param name="cancellationToken">A token that cancels the operation. The session may have been deleted nevertheless.</param>
    /// <returns><c>true</c> if the user had a live session with this handle; otherwise, <c>false</c>.</returns>
    Task<bool> RevokeAsync(string userId, string handle, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes every session that the user has when the call begins, including one that is rotated meanwhile.
    /// </summary>
    /// <param name="userId">The sessions' user.</param>
    /// <param name="cancellationToken">A token that cancels the operation. Some sessions may have been deleted.</param>
    /// <returns>The number of live sessions that were deleted.</returns>
    Task<int> DeleteAllAsync(string userId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists a user's live sessions, the newest first, without sliding their expiry. A session that is created or ended
    /// while the app pages may be listed or not; every other one is listed once.
    /// </summary>
    /// <remarks>
    /// Expired sessions that the call finds are removed from the listing, unless the store refuses to write. A session
    /// whose data does not fit the type is listed without it, see <see cref="ListedSession{T}.SchemaError"/>.
    /// </remarks>
    /// <typeparam name="T">The type of the data; <see cref="System.Text.Json.JsonElement"/> reads all JSON.</typeparam>
    /// <param name="userId">The sessions' user.</param>
    /// <param name="pageSize">The most sessions of a page, 1 to 1,000.</param>
    /// <param name="after"><see cref="StatePage{T}.Next"/> of the previous page; <c>null</c> for the first page.</param>
    /// <param name="cancellationToken">A token that cancels the operation.</param>
    /// <exception cref="ArgumentException">
    /// The user id breaks its rule, the page size is out of range, or <paramref name="after"/> is not what a page returned.
    /// </exception>
    Task<StatePage<ListedSession<T>>> ListAsync<T>(string userId, int pageSize = 50, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes expired sessions from the listings, which gives their space back. An expired session is absent in any
    /// case. Hosted maintenance calls it.
    /// </summary>
    /// <param name="cancellationToken">A token that cancels the operation between two steps.</param>
    /// <returns>
    /// The number of sessions that were removed, not counting those that a listing removed before: of this tenant or, for
    /// the default tenant, of all tenants.
    /// </returns>
    Task<int> CleanupAsync(CancellationToken cancellationToken = default);
}
