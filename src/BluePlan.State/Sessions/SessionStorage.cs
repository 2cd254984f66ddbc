using System.Diagnostics.CodeAnalysis;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Where sessions stand in a store: their documents, the listing of each user, the hints for cleanup; and the steps that keep the three in agreement.</summary>
/// <remarks>
/// A session is a document under its handle: <see cref="SessionHead"/> as a line of JSON, then the host's data. The same commit lists it for its user under the time of its creation, and
/// in <see cref="Expiry"/>. What changes it later touches the document alone.
/// </remarks>
internal sealed class SessionStorage(StateScope scope)
{
    public ExpiryIndex Expiry { get; } = new(scope, StateTypes.SessionExpiry);

    public StateKey Key(int partition, string handle) => scope.Key(partition, StateTypes.Session, handle);

    public StateKey Listing(string userId) => scope.Key(scope.UserPartition(userId), StateTypes.UserSessions, userId);

    /// <summary>Null when the text is no id, the session is absent, or it has expired.</summary>
    public ValueTask<StoredSession?> PeekAsync(string sessionId, CancellationToken cancellationToken) =>
        TryFind(sessionId, slide: false, out var read, out var handle) ? PeekAsync(read, handle, cancellationToken) : ValueTask.FromResult<StoredSession?>(null);

    public ValueTask<StoredSession?> PeekAsync(int partition, string handle, CancellationToken cancellationToken) => PeekAsync(new DocumentRead(Key(partition, handle)), handle, cancellationToken);

    /// <summary>Called before the answer that there is no session of an id. A text that is no id has no place in the store.</summary>
    public ValueTask ConfirmAsync(string sessionId, CancellationToken cancellationToken) =>
        TryFind(sessionId, slide: false, out var read, out _) ? scope.Storage.ConfirmAsync(read.Key, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>The read that answers for an id, and what the session is stored under. False when the text is no id.</summary>
    /// <param name="sessionId">The id, as a caller brings it.</param>
    /// <param name="slide">Whether the read slides the expiry, else it is a peek.</param>
    /// <param name="read">The read.</param>
    /// <param name="handle">The session's handle.</param>
    public bool TryFind(string sessionId, bool slide, [NotNullWhen(true)] out DocumentRead? read, [NotNullWhen(true)] out string? handle)
    {
        (read, handle) = (null, null);
        if (!SessionId.TryParse(sessionId, out var id)) return false;
        handle = id.Handle(scope.Tenant);
        read = new(Key(scope.Partition(id.Route), handle), slide ? id.Window ?? StateExpiry.Keep : null);
        return true;
    }

    public StoredSession Open(StateKey key, string handle, DocumentContent content)
    {
        var value = scope.Codec.DecodeWithHead(ValueLocation.Document(key), content.Value);
        return new(key, handle, value.ReadHead(SessionHead.Read), value, content.ETag, content.Expiry);
    }

    /// <summary>Reads what <see cref="TryFind"/> found.</summary>
    public async ValueTask<StoredSession?> PeekAsync(DocumentRead read, string handle, CancellationToken cancellationToken) =>
        await scope.Storage.ReadOneAsync(read, cancellationToken).ConfigureAwait(false) is DocumentContent content ? Open(read.Key, handle, content) : null;

    /// <summary>The steps that make a session and list it; the first is conditional.</summary>
    public List<StateOperation> Creation(PutDocument put, string handle, SessionHead head, DateTimeOffset now)
    {
        List<StateOperation> steps = [put, new SetScores(Listing(head.User), [new(handle, head.Created)])];
        if (Expiry.Set(put.Key.Partition, Member(scope.Tenant, head.User, handle), put.Expiry, now) is { } hint) steps.Add(hint);
        return steps;
    }

    /// <summary>The steps that delete sessions of one user and all that names them; the first answers for the first session, and so on.</summary>
    public StateOperation[] Removal(string userId, IReadOnlyList<string> handles)
    {
        var listing = Listing(userId);
        return
        [
            .. handles.Select(handle => new DeleteKey(Key(listing.Partition, handle))),
            new RemoveMembers(listing, handles),
            Expiry.Remove(listing.Partition, [.. handles.Select(handle => Member(scope.Tenant, userId, handle))]),
        ];
    }

    /// <summary>
    /// Puts the expiry of a session back that a read slid without being able to decode it, as far as it is known where
    /// it stood, and remembers the session: until it can be decoded, reads no longer slide it.
    /// </summary>
    /// <remarks>
    /// The read tells only the new expiry. The old one was no earlier than a window after the last write, and that is
    /// what it is put back to; when that is past, others have read the session since,
    /// so it stays as it is now.
    /// </remarks>
    public ValueTask UnslideAsync(StoredSession session, CancellationToken cancellationToken) =>
        scope.Undecodable.UnslideAsync(scope, session.Key, session.ETag, session.Expiry, DateTimeOffset.FromUnixTimeMilliseconds(session.Head.Active) + session.Expiry.Window, cancellationToken);

    /// <summary>Takes sessions that were just found dead, or just killed, out of the listings, unless the store refuses to write.</summary>
    public async Task TidyAsync(string userId, IEnumerable<string> handles, CancellationToken cancellationToken)
    {
        var partition = scope.UserPartition(userId);
        try
        {
            await Expiry.DropAsync(partition, handles.Select(handle => Item(partition, scope.Tenant, userId, handle)), cancellationToken).ConfigureAwait(false);
        }
        catch (StateUnavailableException)
        {
            // No caller's answer depends on it: every reader passes over the dead, and the next listing or cleanup tries again.
        }
    }

    /// <summary>What a member of <see cref="Expiry"/> means.</summary>
    public static ExpiringItem? Find(int partition, string[] parts) => parts is [var tenant, var userId, var handle] ? Item(partition, tenant, userId, handle) : null;

    private static ExpiringItem Item(int partition, string tenant, string userId, string handle) => new(
        Member(tenant, userId, handle),
        [new(partition, StateTypes.Session.Shape, StateTypes.Session.Name, KeyText.Join(tenant, handle))],
        new(partition, StateTypes.UserSessions.Shape, StateTypes.UserSessions.Name, KeyText.Join(tenant, userId)),
        handle);

    private static string Member(string tenant, string userId, string handle) => KeyText.Join(tenant, userId, handle);
}
