using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Moves a session to a new id, so that whoever knew the old one has nothing. Its data stays bytes, so that one which
/// does not fit the app's type can be moved, too.
/// </summary>
internal sealed class SessionRotation(StateScope scope, SessionStorage sessions)
{
    /// <summary>Returns the new id; null if the session is absent, or is deleted meanwhile.</summary>
    public async Task<string?> RotateAsync(string sessionId, string? newUserId, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!sessions.TryFind(sessionId, slide: false, out var read, out var handle)) return null;
        using var update = await scope.Updates.BeginAsync(read.Key, cancellationToken).ConfigureAwait(false);
        if (await sessions.PeekAsync(read, handle, cancellationToken).ConfigureAwait(false) is not { } old)
        {
            await scope.Storage.ConfirmAsync(read.Key, cancellationToken).ConfigureAwait(false);
            return null;
        }
        return await (newUserId is null || newUserId == old.Head.User ? WithinUserAsync(update, old, cancellationToken)
            : ToUserAsync(update, old, newUserId, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>One commit: the new document appears and the old one goes.</summary>
    /// <remarks>A commit writes an index once, so the old names go in a second step, which may fail: they name nothing any more.</remarks>
    private async Task<string?> WithinUserAsync(OptimisticUpdate update, StoredSession old, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = await RenamedAsync(old, old.Head.User, cancellationToken).ConfigureAwait(false);
            using var value = Encode(old, next);
            var steps = sessions.Creation(new(next.Key, value.Written, old.Expiry.Renew(), StateCondition.IfAbsent), next.Handle, next.Head, next.Now);
            steps.Add(new CheckKey(old.Key, StateCondition.IfMatch(old.ETag)));
            steps.Add(new DeleteKey(old.Key));
            var result = await scope.Storage.CommitAsync(new(steps), cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                // The rotation has happened: cancelling what only tidies up would make it look undone.
                await sessions.TidyAsync(old.Head.User, [old.Handle], CancellationToken.None).ConfigureAwait(false);
                return next.Id;
            }
            if (await ReadAgainAsync(old, cancellationToken).ConfigureAwait(false) is not { } newer) return null;
            old = newer;
            if (!await update.TryAgainAsync(cancellationToken).ConfigureAwait(false)) throw Conflict(update, old);
        }
    }

    /// <summary>Two users lie in two partitions, which no commit spans: the new session is written, then the old one deleted if it is still what was copied.</summary>
    private async Task<string?> ToUserAsync(OptimisticUpdate update, StoredSession old, string newUserId, CancellationToken cancellationToken)
    {
        Renamed? copy = null;
        while (true)
        {
            copy = await CopyAsync(old, newUserId, copy, cancellationToken).ConfigureAwait(false);
            if (copy is not null)
            {
                var result = await scope.Storage.CommitAsync(
                    new([.. sessions.Removal(old.Head.User, [old.Handle]), new CheckKey(old.Key, StateCondition.IfMatch(old.ETag))]), cancellationToken).ConfigureAwait(false);
                if (result.IsCommitted) return copy.Id;
            }
            if (await ReadAgainAsync(old, cancellationToken).ConfigureAwait(false) is not { } newer)
            {
                await UndoAsync(copy, cancellationToken).ConfigureAwait(false);
                return null;
            }
            old = newer;
            if (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false)) continue;
            await UndoAsync(copy, cancellationToken).ConfigureAwait(false);
            throw Conflict(update, old);
        }
    }

    /// <summary>Makes the copy, or brings the one that there is up to date; null when somebody deleted it or wrote to it.</summary>
    private async Task<Renamed?> CopyAsync(StoredSession old, string newUserId, Renamed? copy, CancellationToken cancellationToken)
    {
        var next = await RenamedAsync(old, newUserId, cancellationToken).ConfigureAwait(false);
        if (copy is not null) next = next with { Id = copy.Id, Key = copy.Key, Handle = copy.Handle };
        using var value = Encode(old, next);
        var condition = copy is null ? StateCondition.IfAbsent : StateCondition.IfMatch(copy.ETag);
        var put = new PutDocument(next.Key, value.Written, old.Expiry.Renew(), condition);
        var commit = copy is null ? new StateCommit(sessions.Creation(put, next.Handle, next.Head, next.Now)) : new(put);
        var result = await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        return result.IsCommitted ? next with { ETag = commit.ETag } : null;
    }

    /// <summary>The session under a new id, used just now.</summary>
    private async ValueTask<Renamed> RenamedAsync(StoredSession old, string userId, CancellationToken cancellationToken)
    {
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var id = SessionId.New(StateRoute.OfUser(scope.Tenant, userId), old.Expiry);
        var handle = id.Handle(scope.Tenant);
        return new(id.Text, sessions.Key(scope.Partition(id.Route), handle), handle, old.Head with { User = userId, Active = now.ToUnixTimeMilliseconds() }, now);
    }

    private PooledBuffer Encode(StoredSession old, Renamed next) =>
        scope.Codec.Encode(ValueLocation.Document(next.Key), next.Head, SessionJson.Default.SessionHead, old.Value.Body);

    private ValueTask<StoredSession?> ReadAgainAsync(StoredSession old, CancellationToken cancellationToken) =>
        sessions.PeekAsync(old.Key.Partition, old.Handle, cancellationToken);

    private async Task UndoAsync(Renamed? copy, CancellationToken cancellationToken)
    {
        if (copy is not null) await scope.Storage.CommitAsync(new(sessions.Removal(copy.Head.User, [copy.Handle])), cancellationToken).ConfigureAwait(false);
    }

    private static StateConflictException Conflict(OptimisticUpdate update, StoredSession old) => update.Contended("the session, whose old id is alive,", $"session {old.Handle}");

    /// <summary>A session as it is written under a new id.</summary>
    private sealed record Renamed(string Id, StateKey Key, string Handle, SessionHead Head, DateTimeOffset Now)
    {
        /// <summary>The version that was written; empty until then.</summary>
        public StateETag ETag { get; init; }

        /// <summary>Nothing: an id is a secret.</summary>
        public override string ToString() => nameof(Renamed);
    }
}
