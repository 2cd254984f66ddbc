using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Moves a session to a new id, so that whoever knew the old one has nothing.</summary>
internal sealed class SessionRotation(StateScope scope, SessionStorage sessions)
{
    /// <summary>One commit: the new document appears and the old one goes.</summary>
    /// <remarks>A commit writes an index once, so the old names go in a second step, which may fail: they name nothing any more.</remarks>
    public async Task<Session<T>?> WithinUserAsync<T>(StoredSession old, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= SessionStorage.Attempts; attempt++)
        {
            var (id, next, data) = Renamed<T>(old, old.Head.User);
            using var value = StateCodec.Encode(next.Head, SessionJson.Default.SessionHead, old.Value);
            var steps = sessions.Creation(new(next.Key, value.Written, old.Expiry.Renew(), StateCondition.IfAbsent, next.ETag), next.Handle, next.Head);
            steps.Add(new CheckKey(old.Key, StateCondition.IfMatch(old.ETag)));
            steps.Add(new DeleteKey(old.Key));
            var result = await scope.Storage.CommitAsync(new(steps), cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                // The rotation has happened: cancelling what only tidies up would make it look undone.
                await sessions.TidyAsync(old.Head.User, [old.Handle], CancellationToken.None).ConfigureAwait(false);
                return next.ToSession(id, data, scope.Now);
            }
            if (await ReadAgainAsync(old, cancellationToken).ConfigureAwait(false) is not { } newer) return null;
            old = newer;
        }
        throw Conflict(old);
    }

    /// <summary>Two users lie in two partitions, which no commit spans: the new session is written, then the old one deleted if it is still what was copied.</summary>
    public async Task<Session<T>?> ToUserAsync<T>(StoredSession old, string newUserId, CancellationToken cancellationToken)
    {
        (string Id, StoredSession Session, T Data)? copy = null;
        for (var attempt = 1; attempt <= SessionStorage.Attempts; attempt++)
        {
            copy = await CopyAsync(old, newUserId, copy, cancellationToken).ConfigureAwait(false);
            if (copy is { } made)
            {
                var result = await scope.Storage.CommitAsync(
                    new([.. sessions.Removal(old.Head.User, [old.Handle]), new CheckKey(old.Key, StateCondition.IfMatch(old.ETag))]), cancellationToken).ConfigureAwait(false);
                if (result.IsCommitted) return made.Session.ToSession(made.Id, made.Data, scope.Now);
            }
            if (await ReadAgainAsync(old, cancellationToken).ConfigureAwait(false) is not { } newer)
            {
                await UndoAsync(copy?.Session, cancellationToken).ConfigureAwait(false);
                return null;
            }
            old = newer;
        }
        await UndoAsync(copy?.Session, cancellationToken).ConfigureAwait(false);
        throw Conflict(old);
    }

    /// <summary>Makes the copy, or brings the one that there is up to date; null when somebody deleted it or wrote to it.</summary>
    private async Task<(string Id, StoredSession Session, T Data)?> CopyAsync<T>(StoredSession old, string newUserId, (string Id, StoredSession Session, T Data)? copy, CancellationToken cancellationToken)
    {
        var (id, next, data) = Renamed<T>(old, newUserId);
        if (copy is { } there) (id, next) = (there.Id, there.Session with { Head = next.Head, ETag = StateETag.New(), Expiry = next.Expiry });
        using var value = StateCodec.Encode(next.Head, SessionJson.Default.SessionHead, old.Value);
        var condition = copy is { } last ? StateCondition.IfMatch(last.Session.ETag) : StateCondition.IfAbsent;
        var put = new PutDocument(next.Key, value.Written, old.Expiry.Renew(), condition, next.ETag);
        var result = await scope.Storage.CommitAsync(copy is null ? new(sessions.Creation(put, next.Handle, next.Head)) : new(put), cancellationToken).ConfigureAwait(false);
        return result.IsCommitted ? (id, next, data) : null;
    }

    /// <summary>The session under a new id, used just now. Decodes the data before anything is written.</summary>
    private (string Id, StoredSession Session, T Data) Renamed<T>(StoredSession old, string userId)
    {
        var id = SessionId.New(StateRoute.OfUser(scope.Tenant, userId), old.Expiry);
        var handle = id.Handle(scope.Tenant);
        var next = old with
        {
            Key = sessions.Key(scope.Partition(id.Route), handle),
            Handle = handle,
            Head = old.Head with { User = userId, Active = scope.Now.ToUnixTimeMilliseconds() },
            ETag = StateETag.New(),
            Expiry = old.Expiry.Renew().Resolve(scope.Now),
        };
        return (id.Text, next, old.Value.ReadBody<T>());
    }

    private ValueTask<StoredSession?> ReadAgainAsync(StoredSession old, CancellationToken cancellationToken) =>
        sessions.PeekAsync(old.Key.Partition, old.Handle, cancellationToken);

    private async Task UndoAsync(StoredSession? copy, CancellationToken cancellationToken)
    {
        if (copy is { } made) await scope.Storage.CommitAsync(new(sessions.Removal(made.Head.User, [made.Handle])), cancellationToken).ConfigureAwait(false);
    }

    private static StateConflictException Conflict(StoredSession old) =>
        new($"Others wrote to the session {SessionStorage.Attempts} times while it was rotated. Its old id is alive; try again.", $"session {old.Handle}");
}
