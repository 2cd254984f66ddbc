using System.Collections.Concurrent;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// The documents of a store that a read slid and could not decode. They are no longer slid until they can be decoded:
/// otherwise calls that fail would keep them alive for ever.
/// </summary>
internal sealed class UndecodableValues
{
    private const int Most = 4_096;

    private readonly ConcurrentDictionary<StateKey, bool> _keys = new();
    private volatile bool _any;

    /// <summary>Costs nothing while everything can be decoded.</summary>
    public bool Contains(StateKey key) => _any && _keys.ContainsKey(key);

    public void Remove(StateKey key)
    {
        if (_keys.TryRemove(key, out _) && _keys.IsEmpty) _any = false;
    }

    /// <summary>Remembers a document, and puts its expiry back when it is known where it stood.</summary>
    /// <param name="scope">The store.</param>
    /// <param name="key">The document.</param>
    /// <param name="etag">The version that was read.</param>
    /// <param name="slid">Its expiry since it was read.</param>
    /// <param name="before">Where its expiry stood at least; when that is past, it is not known.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask UnslideAsync(StateScope scope, StateKey key, StateETag etag, StateExpiry slid, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        if (slid.Kind is not StateExpiryKind.Sliding) return;
        // When the table is full it begins anew: each of those that were in it may then be slid once more.
        if (_keys.Count >= Most) _keys.Clear();
        _keys[key] = true;
        _any = true;
        if (before is not { } instant || instant >= slid.Instant) return;
        try
        {
            if (instant <= await scope.NowAsync(cancellationToken).ConfigureAwait(false)) return;
            await scope.Storage.CommitAsync(new(new CheckKey(key, StateCondition.IfMatch(etag)), new ExpireKey(key, StateExpiry.Resolved(slid.Window, instant, slid.Cap))), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StateUnavailableException or StateLockLostException or OperationCanceledException)
        {
            // The caller learns why the value cannot be decoded, which matters more; and it slides no further.
        }
    }
}
