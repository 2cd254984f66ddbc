using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Deletes sessions, whatever their data is.</summary>
internal sealed class SessionRemover(StateScope scope, SessionStorage sessions)
{
    private const int PageSize = 256;

    public async Task<bool> DeleteAsync(string sessionId, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await sessions.PeekAsync(sessionId, cancellationToken).ConfigureAwait(false) is { } session) return await DeleteAsync(session, cancellationToken).ConfigureAwait(false);
        await sessions.ConfirmAsync(sessionId, cancellationToken).ConfigureAwait(false);
        return false;
    }

    public async Task<bool> RevokeAsync(string userId, string handle, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var session = await sessions.PeekAsync(scope.UserPartition(userId), handle, cancellationToken).ConfigureAwait(false);
        if (session is { } theirs && theirs.Head.User == userId) return await DeleteAsync(theirs, cancellationToken).ConfigureAwait(false);
        await scope.Storage.ConfirmAsync(sessions.Listing(userId), cancellationToken).ConfigureAwait(false);
        return false;
    }

    public async Task<int> DeleteAllAsync(string userId, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var listing = sessions.Listing(userId);
        for (var deleted = 0; ;)
        {
            var page = await scope.Storage.ReadAsync(new IndexRead(listing, limit: PageSize), cancellationToken).ConfigureAwait(false);
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
            var result = await scope.Storage.CommitAsync(new(sessions.Removal(userId, [.. page.Members.Select(static m => m.Member)])), cancellationToken).ConfigureAwait(false);
            var alive = (int)result.Results.Take(count).Sum(static r => r.Count);
            deleted += alive;
            // One that was no longer there has expired, or was rotated since the read: then its successor is listed now.
            if (alive == count && page.Count == count) return deleted;
        }
    }

    private async Task<bool> DeleteAsync(StoredSession old, CancellationToken cancellationToken)
    {
        var result = await scope.Storage.CommitAsync(new(sessions.Removal(old.Head.User, [old.Handle])), cancellationToken).ConfigureAwait(false);
        return result.Results[0].Count == 1;
    }
}
