using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Reads a session with its data, by its id.</summary>
internal sealed class SessionReader(StateScope scope, SessionStorage sessions)
{
    // The most frequent calls there are, so nothing stands between them and the store that would have to wait, too.
    public async Task<Session<T>?> ReadAsync<T>(string sessionId, bool slide, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!sessions.TryFind(sessionId, slide, out var read, out var handle)) return null;
        if (slide && scope.Undecodable.Contains(read.Key)) return await ReadCarefullyAsync<T>(sessionId, read, handle, cancellationToken).ConfigureAwait(false);
        if (await scope.Storage.ReadOneAsync(read, cancellationToken).ConfigureAwait(false) is not DocumentContent content) return null;
        var session = sessions.Open(read.Key, handle, content);
        if (!slide) return session.ToSession(sessionId, session.Value.ReadBody<T>());
        // Only a session that has come up against its end does not tell by its expiry when it was used.
        var usedAt = session.Expiry is { Cap: { } cap } expiry && expiry.Instant == cap ? await scope.NowAsync(cancellationToken).ConfigureAwait(false) : default(DateTimeOffset?);
        try
        {
            return session.ToSession(sessionId, session.Value.ReadBody<T>(), usedAt);
        }
        catch (Exception exception) when (exception is StateException or NotSupportedException)
        {
            await sessions.UnslideAsync(session, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads what could not be decoded the last time: it slides only when it can be now.</summary>
    private async Task<Session<T>?> ReadCarefullyAsync<T>(string sessionId, DocumentRead touch, string handle, CancellationToken cancellationToken)
    {
        if (await sessions.PeekAsync(new DocumentRead(touch.Key), handle, cancellationToken).ConfigureAwait(false) is not { } session) return null;
        var data = session.Value.ReadBody<T>();
        if (await scope.Storage.ReadOneAsync(new DocumentRead(touch.Key, touch.Touch, headOnly: true), cancellationToken).ConfigureAwait(false) is not { } slid) return null;
        scope.Undecodable.Remove(touch.Key);
        return (session with { Expiry = slid.Expiry }).ToSession(sessionId, data, await scope.NowAsync(cancellationToken).ConfigureAwait(false));
    }
}
