using System.Text.Json.Nodes;

namespace BluePlan.State;

/// <summary>
/// User sessions: a host's data about a user that expires when it is not used. Everything about one session happens atomically, however many hosts share the store. Thread-safe.
/// </summary>
/// <remarks>
/// <para><b>Ids are bearer secrets.</b> Whoever has an id has the session. Ids are minted from 128 random bits; the store keeps their hash, so neither a backup nor a look into the store
/// hands out live sessions. An id that is garbage, altered, expired or another tenant's is simply absent: null or false. Null and empty are <see cref="ArgumentException"/>s.</para>
/// <para><b>User ids</b> are any well-formed text of 1 to 384 bytes in UTF-8, else <see cref="ArgumentException"/>.</para>
/// <para><b>Exceptions of every member:</b> <see cref="StateUnavailableException"/> when the store cannot be reached, saying whether the change may have been made: nothing is repeated
/// blindly; <see cref="StateSchemaException"/> when the data is whole but does not fit the type, for instance since a
/// property became required; <see cref="StateCorruptionException"/> when what is stored cannot be
/// read at all; <see cref="OperationCanceledException"/>.
/// <see cref="NotSupportedException"/> when no JSON context knows the type; <see cref="ArgumentException"/> when what is to be written nests deeper than 64 levels in JSON.</para>
/// </remarks>
public interface ISessionManager
{
    /// <summary>Creates a session in one commit.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="userId">Whose session it is.</param>
    /// <param name="data">The host's data, not null.</param>
    /// <param name="expiry">When it expires; null = sliding by <see cref="SessionManagerOptions.Timeout"/>, capped by <see cref="SessionManagerOptions.AbsoluteTimeout"/>. Anything but <see cref="StateExpiry.Keep"/>.</param>
    /// <param name="hostSessionId">
    /// Null = an id is minted, which is what a host wants. Else the session's id is <see cref="GetIdAsync"/> of the user and this; such an id is only as secret as what the host brings.
    /// </param>
    /// <param name="cancellationToken">Cancels; the session may have been created nevertheless.</param>
    /// <exception cref="ArgumentException">The user id or host's id breaks its rule, or the expiry is Keep.</exception>
    /// <exception cref="StateConflictException">The user has a live session of this host's id. It is as it was.</exception>
    Task<Session<T>> CreateAsync<T>(string userId, T data, StateExpiry? expiry = null, string? hostSessionId = null, CancellationToken cancellationToken = default);

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

    /// <summary>Reads a session and slides its expiry, in one step. While the store refuses to write, it is read all the same and its expiry stays.</summary>
    /// <typeparam name="T">The type the data was written as, or one that reads the same bytes, for instance <see cref="System.Text.Json.JsonElement"/>.</typeparam>
    /// <param name="sessionId">The id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null when it is absent or expired.</returns>
    /// <exception cref="StateSchemaException">
    /// The data does not fit the type. Such a read does not keep the session alive: its expiry is put back to one
    /// window after its last write when that is still to come, and further reads that
    /// fail in this process do not slide it.
    /// </exception>
    Task<Session<T>?> GetAsync<T>(string sessionId, CancellationToken cancellationToken = default);

    /// <summary>Reads a session and changes nothing: its expiry stays.</summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="sessionId">The id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null when it is absent or expired.</returns>
    Task<Session<T>?> PeekAsync<T>(string sessionId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes a session's data and slides its expiry. Concurrent updates all survive: each runs on what the one before
    /// it left. Those of one process take turns.
    /// </summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="sessionId">The id.</param>
    /// <param name="update">From the data there is to the new data, not null. It runs again whenever somebody else wrote in between, so it should do nothing else. What it throws reaches the caller, and nothing is written.</param>
    /// <param name="cancellationToken">Cancels; the update may have happened nevertheless.</param>
    /// <returns>The session as written; null when it is absent or expired.</returns>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">The update returned null. Nothing was written.</exception>
    Task<Session<T>?> UpdateAsync<T>(string sessionId, Func<T, T> update, CancellationToken cancellationToken = default);

    /// <summary>
    /// Applies a JSON Merge Patch (RFC 7396) to a session's data, atomically, and slides its expiry: members are set, objects are merged into objects, null removes a member,
    /// everything else is replaced. Data that is no object becomes one. Concurrent patches all survive.
    /// </summary>
    /// <remarks>The patch names members as they are written in JSON, and is not checked against the type that the data is read as.</remarks>
    /// <param name="sessionId">The id.</param>
    /// <param name="patch">The patch; it is not changed.</param>
    /// <param name="cancellationToken">Cancels; the patch may have been applied nevertheless.</param>
    /// <returns>False when the session is absent or expired.</returns>
    /// <exception cref="ArgumentException">The patch nests deeper than 64 levels.</exception>
    /// <exception cref="NotSupportedException">The store writes by a serializer of the host's own, so the data is no JSON.</exception>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.</exception>
    Task<bool> PatchAsync(string sessionId, JsonObject patch, CancellationToken cancellationToken = default);

    /// <summary>Says something else of a session. Its data, expiry and last activity stay.</summary>
    /// <param name="sessionId">The id.</param>
    /// <param name="status">The new status.</param>
    /// <param name="cancellationToken">Cancels; the status may have been set nevertheless.</param>
    /// <returns>False when the session is absent or expired.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The status is not one of the enumeration's.</exception>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.</exception>
    Task<bool> SetStatusAsync(string sessionId, SessionStatus status, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives a session a new id, minted, and kills the old one: what a host does at login, so that an id which was known before is worth nothing afterwards. Data, status, creation and an
    /// absolute end stay; the expiry slides. When this returns the old id is dead.
    /// </summary>
    /// <remarks>
    /// For the same user it is one commit. For another one the new session is written first and the old one deleted after it, with whatever was written to it last; should
    /// the store fail in between, the old one lives on, and the new one, whose id nobody knows, may be listed until it expires.
    /// </remarks>
    /// <typeparam name="T">The type of the data. Data that does not fit it is rotated, too: then only <see
    /// cref="Session{T}.Data"/> throws.</typeparam>
    /// <param name="sessionId">The id.</param>
    /// <param name="newUserId">Whose session it becomes; null = it stays its user's.</param>
    /// <param name="cancellationToken">Cancels; the rotation may have happened nevertheless.</param>
    /// <returns>The session with its new id; null when it is absent or expired, also when somebody deleted it meanwhile.</returns>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. The old id is alive.</exception>
    Task<Session<T>?> RotateAsync<T>(string sessionId, string? newUserId = null, CancellationToken cancellationToken = default);

    /// <summary>The same without reading the data: what a sign-in needs that only sets the new id.</summary>
    /// <param name="sessionId">The id.</param>
    /// <param name="newUserId">Whose session it becomes; null = it stays its user's.</param>
    /// <param name="cancellationToken">Cancels; the rotation may have happened nevertheless.</param>
    /// <returns>The new id; null when the session is absent or expired.</returns>
    /// <exception cref="StateConflictException">Other processes were first for <see
    /// cref="BluePlanStateOptions.UpdateTimeout"/>. The old id is alive.</exception>
    Task<string?> RotateAsync(string sessionId, string? newUserId = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a session.</summary>
    /// <param name="sessionId">The id.</param>
    /// <param name="cancellationToken">Cancels; the session may have been deleted nevertheless.</param>
    /// <returns>False when it was absent or expired.</returns>
    Task<bool> DeleteAsync(string sessionId, CancellationToken cancellationToken = default);

    /// <summary>Deletes a session that a listing showed, by its handle.</summary>
    /// <param name="userId">Whose session it is.</param>
    /// <param name="handle">See <see cref="ListedSession{T}.Handle"/>.</param>
    /// <param name="cancellationToken">Cancels; the session may have been deleted nevertheless.</param>
    /// <returns>False when this user has no live session of this handle.</returns>
    Task<bool> RevokeAsync(string userId, string handle, CancellationToken cancellationToken = default);

    /// <summary>Deletes every session that the user has when the call begins, also one that is rotated meanwhile, and leaves nothing of them behind.</summary>
    /// <param name="userId">Whose sessions.</param>
    /// <param name="cancellationToken">Cancels; some sessions may be deleted already.</param>
    /// <returns>How many live sessions were deleted.</returns>
    Task<int> DeleteAllAsync(string userId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists a user's live sessions, the newest first. Slides nothing. Sessions that were created or ended while a host pages may be in it or not; every other one is in it once.
    /// </summary>
    /// <remarks>
    /// What it finds expired it takes out of the listing, unless the store refuses to write. A session whose data does
    /// not fit the type is listed without it, see <see cref="ListedSession{T}.SchemaError"/>.
    /// </remarks>
    /// <typeparam name="T">The type of the data; <see cref="System.Text.Json.JsonElement"/> reads whatever is JSON.</typeparam>
    /// <param name="userId">Whose sessions.</param>
    /// <param name="pageSize">The most sessions wanted, 1 to 1,000.</param>
    /// <param name="after"><see cref="StatePage{T}.Next"/> of the page before; null = the first page.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The user id breaks its rule, the page size is out of range, or <paramref name="after"/> is not what a page said.</exception>
    Task<StatePage<ListedSession<T>>> ListAsync<T>(string userId, int pageSize = 50, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes expired sessions out of the listings. Nobody needs it to be safe, since an expired session is absent everywhere at once; it gives the space back. Hosted
    /// maintenance calls it.
    /// </summary>
    /// <param name="cancellationToken">Cancels between two steps.</param>
    /// <returns>How many were taken out, not counting those that a listing took out before: of this tenant or, for the default tenant, of all tenants.</returns>
    Task<int> CleanupAsync(CancellationToken cancellationToken = default);
}
