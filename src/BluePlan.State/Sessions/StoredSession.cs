using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>A session as it was read: its head decoded, its data still bytes.</summary>
/// <remarks>A struct although it is big, since every read of a session makes one, and lets it go at once.</remarks>
/// <param name="Key">Its document.</param>
/// <param name="Handle">The hash of its id.</param>
/// <param name="Head">What the library knows of it.</param>
/// <param name="Value">The host's data, undecoded.</param>
/// <param name="ETag">The version that was read.</param>
/// <param name="Expiry">When it expires, resolved.</param>
internal readonly record struct StoredSession(StateKey Key, string Handle, SessionHead Head, DecodedValue Value, StateETag ETag, StateExpiry Expiry)
{
    /// <summary>What a host gets to see.</summary>
    /// <param name="id">The session's id.</param>
    /// <param name="data">The decoded data.</param>
    /// <param name="usedAt">When it was used, by the call that answers this; null = the call left no trace.</param>
    public Session<T> ToSession<T>(string id, T data, DateTimeOffset? usedAt = null) => new()
    {
        Id = id,
        Handle = Handle,
        UserId = Head.User,
        Data = data,
        Status = Head.Status,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(Head.Created),
        LastActivityAt = LastActivityAt(usedAt),
        ExpiresAt = Expiry.Instant,
        ETag = ETag,
    };

    /// <summary>What a listing shows.</summary>
    public ListedSession<T> ToListed<T>()
    {
        var (data, error) = TryReadBody<T>();
        return new()
        {
            Handle = Handle,
            UserId = Head.User,
            Data = data,
            SchemaError = error,
            Status = Head.Status,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(Head.Created),
            LastActivityAt = LastActivityAt(null),
            ExpiresAt = Expiry.Instant,
            ETag = ETag,
        };
    }

    private (T? Data, StateSchemaException? Error) TryReadBody<T>()
    {
        try
        {
            return (Value.ReadBody<T>(), null);
        }
        catch (StateSchemaException exception)
        {
            return (default, exception);
        }
    }

    // A read that slides writes no head, so the expiry itself tells of it: it stands one window after the last use. Once it has come up against its cap it only
    // tells that the last use was no earlier than a window before; then what this very call knows counts.
    private DateTimeOffset LastActivityAt(DateTimeOffset? usedAt)
    {
        var written = DateTimeOffset.FromUnixTimeMilliseconds(Head.Active);
        if (Expiry is not { Kind: StateExpiryKind.Sliding, Instant: { } instant }) return written;
        var slid = instant == Expiry.Cap && usedAt is { } used ? DateTimeOffset.FromUnixTimeMilliseconds(used.ToUnixTimeMilliseconds()) : instant - Expiry.Window;
        return slid > written ? slid : written;
    }
}
