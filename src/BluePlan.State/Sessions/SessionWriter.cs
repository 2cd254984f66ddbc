using System.Text.Json;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Creates sessions, and changes those that exist.</summary>
internal sealed class SessionWriter(StateScope scope, SessionStorage sessions)
{
    public async Task<Session<T>> CreateAsync<T>(string userId, T data, StateExpiry expiry, string? hostSessionId, CancellationToken cancellationToken)
    {
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var id = hostSessionId is null ? SessionId.New(StateRoute.OfUser(scope.Tenant, userId), expiry) : SessionId.For(scope.Tenant, userId, hostSessionId);
        var handle = id.Handle(scope.Tenant);
        var key = sessions.Key(scope.Partition(id.Route), handle);
        var head = new SessionHead(userId, now.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        using var value = scope.Codec.Encode(ValueLocation.Document(key), head, SessionJson.Default.SessionHead, data);
        var commit = new StateCommit(sessions.Creation(new(key, value.Written, expiry, StateCondition.IfAbsent), handle, head, now));
        var result = await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        if (result.Conflict is { } conflict)
            throw new StateConflictException("The user has a live session of this id. Read it, or delete it first.", $"session {handle}", actual: conflict.ActualETag.ToString());
        return new StoredSession(key, handle, head, default, commit.ETag, expiry.Resolve(now)).ToSession(id.Text, data, now);
    }

    public async Task<Session<T>?> UpdateAsync<T>(string sessionId, Func<T, CancellationToken, ValueTask<T>> update, CancellationToken cancellationToken)
    {
        T data = default!;
        var session = await ChangeAsync(sessionId, slide: true, async (old, head) =>
        {
            data = await update(old.Value.ReadBody<T>(), cancellationToken).ConfigureAwait(false) ?? throw new InvalidOperationException("The update returned null. To end a session, delete it.");
            return Encode(old, head, data);
        }, cancellationToken).ConfigureAwait(false);
        return session is { } written ? ToSession(written, sessionId, data) : null;
    }

    public async Task<bool> PatchAsync(string sessionId, JsonElement patch, CancellationToken cancellationToken) =>
        await ChangeAsync(sessionId, slide: true, (old, head) => new(Encode(old, head, MergePatch.Apply(old.Value.ReadBody<JsonElement>(), patch))), cancellationToken).ConfigureAwait(false) is not null;

    public async Task<bool> SetStatusAsync(string sessionId, SessionStatus status, CancellationToken cancellationToken) =>
        await ChangeAsync(sessionId, slide: false, (old, _) => new(scope.Codec.Encode(ValueLocation.Document(old.Key), old.Head with { Status = status }, SessionJson.Default.SessionHead, old.Value.Body)), cancellationToken)
            .ConfigureAwait(false) is not null;

    /// <exception cref="StateConflictException">The session has another ETag.</exception>
    public async Task<Session<T>?> SaveAsync<T>(Session<T> session, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!sessions.TryFind(session.Id, slide: false, out var read, out var handle)) return null;
        var actual = default(StateETag);
        if (await sessions.PeekAsync(read, handle, cancellationToken).ConfigureAwait(false) is { } old)
        {
            actual = old.ETag;
            if (actual == session.ETag)
            {
                var (written, conflict) = await WriteAsync(old, slide: true, head => new(Encode(old, head, session.Data)), cancellationToken).ConfigureAwait(false);
                if (written is { } saved) return ToSession(saved, session.Id, session.Data);
                actual = conflict!.ActualETag;
            }
        }
        // What was found may be what an earlier attempt wrote.
        await scope.Storage.ConfirmAsync(read.Key, cancellationToken).ConfigureAwait(false);
        return actual.IsEmpty ? null
            : throw new StateConflictException($"The session has ETag {actual}; expected {session.ETag}. Nothing was written. Read the session again, and decide.", $"session {handle}", session.ETag.ToString(), actual.ToString());
    }

    /// <summary>
    /// Writes a session anew unless another writer wrote it since it was read; then it begins again with what that one
    /// wrote. Null if it is absent.
    /// </summary>
    private async Task<StoredSession?> ChangeAsync(string sessionId, bool slide, Func<StoredSession, SessionHead, ValueTask<PooledBuffer>> encode, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!sessions.TryFind(sessionId, slide: false, out var read, out var handle)) return null;
        using var update = await scope.Updates.BeginAsync(read.Key, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            if (await sessions.PeekAsync(read, handle, cancellationToken).ConfigureAwait(false) is not { } old)
            {
                await scope.Storage.ConfirmAsync(read.Key, cancellationToken).ConfigureAwait(false);
                return null;
            }
            var (written, conflict) = await WriteAsync(old, slide, head => encode(old, head), cancellationToken).ConfigureAwait(false);
            if (written is not null) return written;
            if (!await update.TryAgainAsync(cancellationToken).ConfigureAwait(false)) throw update.Contended("the session", $"session {handle}", old.ETag, conflict!.ActualETag);
        }
    }

    /// <summary>Writes a session that was read, used just now; or says what is in the way.</summary>
    private async ValueTask<(StoredSession? Written, CommitConflict? Conflict)> WriteAsync(StoredSession old, bool slide, Func<SessionHead, ValueTask<PooledBuffer>> encode, CancellationToken cancellationToken)
    {
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var head = old.Head with { Active = now.ToUnixTimeMilliseconds() };
        var expiry = slide ? old.Expiry.Renew() : StateExpiry.Keep;
        using var value = await encode(head).ConfigureAwait(false);
        var commit = new StateCommit(new PutDocument(old.Key, value.Written, expiry, StateCondition.IfMatch(old.ETag)));
        var result = await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        return result.Conflict is { } conflict ? (null, conflict)
            : (old with { Head = head, ETag = commit.ETag, Expiry = slide ? expiry.Resolve(now) : old.Expiry }, null);
    }

    private PooledBuffer Encode<T>(StoredSession old, SessionHead head, T data) => scope.Codec.Encode(ValueLocation.Document(old.Key), head, SessionJson.Default.SessionHead, data);

    private static Session<T> ToSession<T>(StoredSession written, string sessionId, T data) => written.ToSession(sessionId, data, DateTimeOffset.FromUnixTimeMilliseconds(written.Head.Active));
}
