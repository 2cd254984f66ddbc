using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Moves a session to a new id, so that whoever knew the old one has nothing. Its data stays bytes, so that one which
/// no longer fits the app's type can be moved, too.
/// </summary>
internal sealed class SessionRotation(StateScope scope, SessionStorage sessions, OptimisticUpdate update)
{
    /// <summary>One commit: the new document appears and the old one goes.</summary>
    /// <remarks>A commit writes an index once, so the old names go in a second step, which may fail: they name nothing any more.</remarks>
    public async Task<(string Id, StoredSession Session, DateTimeOffset UsedAt)?> WithinUserAsync(StoredSession old, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (id, next, now) = await RenamedAsync(old, old.Head.User, cancellationToken).ConfigureAwait(false);
            using var value = scope.Codec.Encode(ValueLocation.Document(next.Key), next.Head, SessionJson.Default.SessionHead, old.Value.Body);
            var steps = sessions.Creation(new(next.Key, value.Written, old.Expiry.Renew(), StateCondition.IfAbsent), next.Handle, next.Head, now);
            steps.Add(new CheckKey(old.Key, StateCondition.IfMatch(old.ETag)));
            steps.Add(new DeleteKey(old.Key));
            var commit = new StateCommit(steps);
            var result = await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                // The rotation has happened: cancelling what only tidies up would make it look undone.
                await sessions.TidyAsync(old.Head.User, [old.Handle], CancellationToken.None).ConfigureAwait(false);
                return (id, next with { ETag = commit.ETag }, now);
            }
            if (await ReadAgainAsync(old, cancellationToken).ConfigureAwait(false) is not { } newer) return null;
            old = newer;
            if (!await update.TryAgainAsync(cancellationToken).ConfigureAwait(false)) throw Conflict(old);
        }
    }

    /// <summary>Two users lie in two partitions, which no commit spans: the new session is written, then the old one deleted if it is still what was copied.</summary>
    public async Task<(string Id, StoredSession Session, DateTimeOffset UsedAt)?> ToUserAsync(StoredSession old, string newUserId, CancellationToken cancellationToken)
    {
        (string Id, StoredSession Session, DateTimeOffset UsedAt)? copy = null;
        while (true)
        {
            copy = await CopyAsync(old, newUserId, copy, cancellationToken).ConfigureAwait(false);
            if (copy is not null)
            {
                var result = await scope.Storage.CommitAsync(
                    new([.. sessions.Removal(old.Head.User, [old.Handle]), new CheckKey(old.Key, StateCondition.IfMatch(old.ETag))]), cancellationToken).ConfigureAwait(false);
                if (result.IsCommitted) return copy;
            }
            if (await ReadAgainAsync(old, cancellationToken).ConfigureAwait(false) is not { } newer)
            {
                await UndoAsync(copy?.Session, cancellationToken).ConfigureAwait(false);
                return null;
            }
            old = newer;
            if (await update.TryAgainAsync(cancellationToken).ConfigureAwait(false)) continue;
            await UndoAsync(copy?.Session, cancellationToken).ConfigureAwait(false);
            throw Conflict(old);
        }
    }

    /// <summary>Makes the copy, or brings the one that there is up to date; null when somebody deleted it or wrote to it.</summary>
    private async Task<(string Id, StoredSession Session, DateTimeOffset UsedAt)?> CopyAsync(
        StoredSession old, string newUserId, (string Id, StoredSession Session, DateTimeOffset UsedAt)? copy, CancellationToken cancellationToken)
    {
        var (id, next, now) = await RenamedAsync(old, newUserId, cancellationToken).ConfigureAwait(false);
        if (copy is { } there) (id, next) = (there.Id, next with { Key = there.Session.Key, Handle = there.Session.Handle });
        using var value = scope.Codec.Encode(ValueLocation.Document(next.Key), next.Head, SessionJson.Default.SessionHead, old.Value.Body);
        var condition = copy is { } last ? StateCondition.IfMatch(last.Session.ETag) : StateCondition.IfAbsent;
        var put = new PutDocument(next.Key, value.Written, old.Expiry.Renew(), condition);
        var commit = copy is null ? new StateCommit(sessions.Creation(put, next.Handle, next.Head, now)) : new(put);
        var result = await scope.Storage.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        return result.IsCommitted ? (id, next with { ETag = commit.ETag }, now) : null;
    }

    /// <summary>The session under a new id, used just now.</summary>
    private async ValueTask<(string Id, StoredSession Session, DateTimeOffset Now)> RenamedAsync(StoredSession old, string userId, CancellationToken cancellationToken)
    {
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var id = SessionId.New(StateRoute.OfUser(scope.Tenant, userId), old.Expiry);
        var handle = id.Handle(scope.Tenant);
        var next = old with
        {
            Key = sessions.Key(scope.Partition(id.Route), handle),
            Handle = handle,
            Head = old.Head with { User = userId, Active = now.ToUnixTimeMilliseconds() },
            Expiry = old.Expiry.Renew().Resolve(now),
        };
        return (id.Text, next, now);
    }

    private ValueTask<StoredSession?> ReadAgainAsync(StoredSession old, CancellationToken cancellationToken) =>
        sessions.PeekAsync(old.Key.Partition, old.Handle, cancellationToken);

    private async Task UndoAsync(StoredSession? copy, CancellationToken cancellationToken)
    {
        if (copy is { } made) await scope.Storage.CommitAsync(new(sessions.Removal(made.Head.User, [made.Handle])), cancellationToken).ConfigureAwait(false);
    }

    private StateConflictException Conflict(StoredSession old) => update.Contended("the session, whose old id is alive,", $"session {old.Handle}");
}
