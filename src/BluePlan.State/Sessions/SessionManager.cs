using System.Text.Json;
using System.Text.Json.Nodes;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="ISessionManager"/>
internal sealed class SessionManager(StateScope scope, SessionManagerOptions options) : ISessionManager
{
    private const int DeletePageSize = 256;
    private readonly SessionStorage _sessions = new(scope);

    public async Task<Session<T>> CreateAsync<T>(string userId, T data, StateExpiry? expiry, string? hostSessionId, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        ArgumentNullException.ThrowIfNull(data);
        var lifetime = expiry ?? StateExpiry.Sliding(options.Timeout, options.AbsoluteTimeout);
        if (lifetime.Kind is StateExpiryKind.Keep) throw new ArgumentException("A new session has no expiry to keep.", nameof(expiry));

        var id = hostSessionId is null ? SessionId.New(StateRoute.OfUser(scope.Tenant, userId), lifetime) : SessionId.For(scope.Tenant, userId, StateName.Check(hostSessionId));
        var handle = id.Handle(scope.Tenant);
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var head = new SessionHead(userId, now.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        var key = _sessions.Key(scope.Partition(id.Route), handle);
        using var value = scope.Codec.Encode(ValueLocation.Document(key), head, SessionJson.Default.SessionHead, data);
        var put = new PutDocument(key, value.Written, lifetime, StateCondition.IfAbsent);
        var commit = new StateCommit(_sessions.Creation(put, handle, head, now));
        var result = await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        if (result.Conflict is { } conflict)
            throw new StateConflictException("The user has a live session of this id. Read it, or delete it first.", $"session {handle}", actual: conflict.ActualETag.ToString());
        return new StoredSession(put.Key, handle, head, default, commit.ETag, lifetime.Resolve(now)).ToSession(id.Text, data, now);
    }

    public ValueTask<string> GetIdAsync(string userId, string hostSessionId, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        StateName.Check(hostSessionId);
        return IdOfAsync(userId, hostSessionId, cancellationToken);
    }

    public Task<Session<T>?> GetAsync<T>(string sessionId, CancellationToken cancellationToken) => ReadAsync<T>(sessionId, slide: true, cancellationToken);

    public Task<Session<T>?> PeekAsync<T>(string sessionId, CancellationToken cancellationToken) => ReadAsync<T>(sessionId, slide: false, cancellationToken);

    public async Task<Session<T>?> UpdateAsync<T>(string sessionId, Func<T, T> update, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(update);
        T data = default!;
        DateTimeOffset usedAt = default;
        var session = await ChangeAsync(sessionId, slide: true, (old, head) =>
        {
            usedAt = DateTimeOffset.FromUnixTimeMilliseconds(head.Active);
            data = update(old.Value.ReadBody<T>()) ?? throw new InvalidOperationException("The update returned null. To end a session, delete it.");
            return scope.Codec.Encode(ValueLocation.Document(old.Key), head, SessionJson.Default.SessionHead, data);
        }, cancellationToken).ConfigureAwait(false);
        return session?.ToSession(sessionId, data, usedAt);
    }

    public async Task<bool> PatchAsync(string sessionId, JsonObject patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        if (!scope.Codec.IsJson) throw new NotSupportedException("A merge patch needs data in JSON, and this store writes by a serializer of the host's own. Use UpdateAsync.");
        var change = MergePatch.Read(patch);
        var session = await ChangeAsync(sessionId, slide: true, (old, head) =>
            scope.Codec.Encode(ValueLocation.Document(old.Key), head, SessionJson.Default.SessionHead, MergePatch.Apply(old.Value.ReadBody<JsonElement>(), change)), cancellationToken).ConfigureAwait(false);
        return session is not null;
    }

    public async Task<bool> SetStatusAsync(string sessionId, SessionStatus status, CancellationToken cancellationToken)
    {
        if (!Enum.IsDefined(status)) throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status.");
        var session = await ChangeAsync(sessionId, slide: false, (old, _) =>
            scope.Codec.Encode(ValueLocation.Document(old.Key), old.Head with { Status = status }, SessionJson.Default.SessionHead, old.Value.Body), cancellationToken).ConfigureAwait(false);
        return session is not null;
    }

    public async Task<Session<T>?> RotateAsync<T>(string sessionId, string? newUserId, CancellationToken cancellationToken) =>
        await MoveAsync(sessionId, newUserId, cancellationToken).ConfigureAwait(false) is var (id, session, usedAt) ? session.ToRotated<T>(id, usedAt) : null;

    public async Task<string?> RotateAsync(string sessionId, string? newUserId, CancellationToken cancellationToken) =>
        await MoveAsync(sessionId, newUserId, cancellationToken).ConfigureAwait(false) is var (id, _, _) ? id : null;

    public async Task<bool> DeleteAsync(string sessionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await _sessions.PeekAsync(sessionId, cancellationToken).ConfigureAwait(false) is { } session) return await DeleteAsync(session, cancellationToken).ConfigureAwait(false);
        await _sessions.ConfirmAsync(sessionId, cancellationToken).ConfigureAwait(false);
        return false;
    }

    public async Task<bool> RevokeAsync(string userId, string handle, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        ArgumentException.ThrowIfNullOrEmpty(handle);
        if (!SessionId.IsHandle(handle)) return false;
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var session = await _sessions.PeekAsync(scope.UserPartition(userId), handle, cancellationToken).ConfigureAwait(false);
        if (session is { } theirs && theirs.Head.User == userId) return await DeleteAsync(theirs, cancellationToken).ConfigureAwait(false);
        await scope.Storage.ConfirmAsync(_sessions.Listing(userId), cancellationToken).ConfigureAwait(false);
        return false;
    }

    public async Task<int> DeleteAllAsync(string userId, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var listing = _sessions.Listing(userId);
        for (var deleted = 0; ;)
        {
            var page = await scope.Storage.ReadAsync(new IndexRead(listing, limit: DeletePageSize), cancellationToken).ConfigureAwait(false);
            if (page is not { Members.Count: > 0 and var count })
            {
                if (deleted == 0) await scope.Storage.ConfirmAsync(listing, cancellationToken).ConfigureAwait(false);
                return deleted;
            }
            if (StateMember.NoKeys(page.Members) is { Length: > 0 } others)
            {
                await scope.Storage.CommitAsync(new(new RemoveMembers(listing, others)), cancellationToken).ConfigureAwait(false);
                continue;
            }
            var result = await scope.Storage.CommitAsync(new(_sessions.Removal(userId, [.. page.Members.Select(static m => m.Member)])), cancellationToken).ConfigureAwait(false);
            var alive = (int)result.Results.Take(count).Sum(static r => r.Count);
            deleted += alive;
            // One that was no longer there has expired, or was rotated since the read: then its successor is listed now.
            if (alive == count && page.Count == count) return deleted;
        }
    }

    public Task<StatePage<ListedSession<T>>> ListAsync<T>(string userId, int pageSize, string? after, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        if (pageSize is < 1 or > SessionListing.MaximumPageSize) throw new ArgumentOutOfRangeException(nameof(pageSize), pageSize, $"A page holds 1 to {SessionListing.MaximumPageSize:N0} sessions.");
        return new SessionListing(scope, _sessions).ListAsync<T>(userId, pageSize, SessionListing.ParseAfter(after), cancellationToken);
    }

    public Task<int> CleanupAsync(CancellationToken cancellationToken) => _sessions.Expiry.SweepAsync(SessionStorage.Find, cancellationToken);

    // The most frequent calls there are, so nothing stands between them and the store that would have to wait, too.
    private async Task<Session<T>?> ReadAsync<T>(string sessionId, bool slide, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!_sessions.TryFind(sessionId, slide, out var read, out var handle)) return null;
        if (slide && scope.Undecodable.Contains(read.Key)) return await ReadCarefullyAsync<T>(sessionId, read, handle, cancellationToken).ConfigureAwait(false);
        if (await scope.Storage.ReadOneAsync(read, cancellationToken).ConfigureAwait(false) is not DocumentContent content) return null;
        var session = _sessions.Open(read.Key, handle, content);
        if (!slide) return session.ToSession(sessionId, session.Value.ReadBody<T>());
        // Only a session that has come up against its end does not tell by its expiry when it was used.
        var usedAt = session.Expiry is { Cap: { } cap } expiry && expiry.Instant == cap ? await scope.NowAsync(cancellationToken).ConfigureAwait(false) : default(DateTimeOffset?);
        try
        {
            return session.ToSession(sessionId, session.Value.ReadBody<T>(), usedAt);
        }
        catch (Exception exception) when (exception is StateException or NotSupportedException)
        {
            await _sessions.UnslideAsync(session, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads what could not be decoded the last time: it slides only when it can be now.</summary>
    private async Task<Session<T>?> ReadCarefullyAsync<T>(string sessionId, DocumentRead touch, string handle, CancellationToken cancellationToken)
    {
        if (await _sessions.PeekAsync(new DocumentRead(touch.Key), handle, cancellationToken).ConfigureAwait(false) is not { } session) return null;
        var data = session.Value.ReadBody<T>();
        if (await scope.Storage.ReadOneAsync(new DocumentRead(touch.Key, touch.Touch, headOnly: true), cancellationToken).ConfigureAwait(false) is not { } slid) return null;
        scope.Undecodable.Remove(touch.Key);
        return (session with { Expiry = slid.Expiry }).ToSession(sessionId, data, await scope.NowAsync(cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<string> IdOfAsync(string userId, string hostSessionId, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        return SessionId.For(scope.Tenant, userId, hostSessionId).Text;
    }

    private async Task<(string Id, StoredSession Session, DateTimeOffset UsedAt)?> MoveAsync(string sessionId, string? newUserId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        if (newUserId is not null) StateName.Check(newUserId);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!_sessions.TryFind(sessionId, slide: false, out var read, out var handle)) return null;
        using var update = await scope.Updates.BeginAsync(read.Key, cancellationToken).ConfigureAwait(false);
        if (await _sessions.PeekAsync(read, handle, cancellationToken).ConfigureAwait(false) is not { } old)
        {
            await scope.Storage.ConfirmAsync(read.Key, cancellationToken).ConfigureAwait(false);
            return null;
        }
        var rotation = new SessionRotation(scope, _sessions, update);
        return await (newUserId is null || newUserId == old.Head.User
            ? rotation.WithinUserAsync(old, cancellationToken)
            : rotation.ToUserAsync(old, newUserId, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<bool> DeleteAsync(StoredSession old, CancellationToken cancellationToken)
    {
        var result = await scope.Storage.CommitAsync(new(_sessions.Removal(old.Head.User, [old.Handle])), cancellationToken).ConfigureAwait(false);
        return result.Results[0].Count == 1;
    }

    /// <summary>Writes a session anew unless somebody else wrote since it was read; then it begins again with what they wrote. Null when it is absent.</summary>
    private async Task<StoredSession?> ChangeAsync(string sessionId, bool slide, Func<StoredSession, SessionHead, PooledBuffer> encode, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!_sessions.TryFind(sessionId, slide: false, out var read, out var handle)) return null;
        using var update = await scope.Updates.BeginAsync(read.Key, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            if (await _sessions.PeekAsync(read, handle, cancellationToken).ConfigureAwait(false) is not { } old)
            {
                await scope.Storage.ConfirmAsync(read.Key, cancellationToken).ConfigureAwait(false);
                return null;
            }
            var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
            var head = old.Head with { Active = now.ToUnixTimeMilliseconds() };
            var expiry = slide ? old.Expiry.Renew() : StateExpiry.Keep;
            using var value = encode(old, head);
            var commit = new StateCommit(new PutDocument(old.Key, value.Written, expiry, StateCondition.IfMatch(old.ETag)));
            var result = await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
            if (result.Conflict is not { } conflict) return old with { Head = head, ETag = commit.ETag, Expiry = slide ? expiry.Resolve(now) : old.Expiry };
            if (!await update.TryAgainAsync(cancellationToken).ConfigureAwait(false)) throw update.Contended("the session", $"session {old.Handle}", old.ETag, conflict.ActualETag);
        }
    }
}
