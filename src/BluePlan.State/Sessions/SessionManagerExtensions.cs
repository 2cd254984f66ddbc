namespace BluePlan.State;

/// <summary>
/// Provides shorter forms. They call <see cref="ISessionManager"/>, so a test double covers them.
/// </summary>
public static class SessionManagerExtensions
{
    /// <summary>
    /// Changes a session's data with a synchronous function, and slides the session's expiry. Concurrent updates are all
    /// applied, one after another.
    /// </summary>
    /// <typeparam name="T">The type of the data.</typeparam>
    /// <param name="sessions">The sessions.</param>
    /// <param name="sessionId">The id.</param>
    /// <param name="update">
    /// Returns the new data, not <c>null</c>. It runs again if another writer was faster, so it must not have side
    /// effects. What it throws reaches the caller, and nothing is written.
    /// </param>
    /// <param name="cancellationToken">A token that cancels the operation. The update may have happened nevertheless.</param>
    /// <returns>The session as written; <c>null</c> if it is absent or expired.</returns>
    /// <exception cref="StateConflictException">
    /// Other processes were faster for <see cref="BluePlanStateOptions.UpdateTimeout"/>. Nothing was written.
    /// </exception>
    /// <exception cref="InvalidOperationException">The update returned <c>null</c>. Nothing was written.</exception>
    public static Task<Session<T>?> UpdateAsync<T>(this ISessionManager sessions, string sessionId, Func<T, T> update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(update);
        return sessions.UpdateAsync<T>(sessionId, (data, _) => new(update(data)), cancellationToken);
    }
}
