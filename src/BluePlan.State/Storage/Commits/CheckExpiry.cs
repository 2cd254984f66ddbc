namespace BluePlan.State.Storage;

/// <summary>
/// Writes nothing: the commit happens only while the document expires at an instant. One that slides never does, nor
/// one that is absent.
/// </summary>
/// <remarks>
/// A server that cannot tell when a key expires, only how long it has left, may take an instant for the same that
/// differs by 2 milliseconds.
/// </remarks>
public sealed record CheckExpiry : StateOperation
{
    /// <inheritdoc cref="CheckExpiry"/>
    /// <param name="key">A key of shape <see cref="StateShape.Document"/>.</param>
    /// <param name="instant">When it must expire, as a read told it; null = never.</param>
    /// <exception cref="ArgumentException">The key has another shape.</exception>
    public CheckExpiry(StateKey key, DateTimeOffset? instant) : base(key, StateShape.Document) =>
        Instant = instant is { } end ? StateExpiry.At(end).Instant : null;

    /// <summary>When it must expire, in whole milliseconds; null = never.</summary>
    public DateTimeOffset? Instant { get; }

    /// <summary>Whether an expiry, resolved, of a key that is there meets the condition.</summary>
    public bool IsMet(StateExpiry expiry) => expiry.Kind is not StateExpiryKind.Sliding && expiry.Instant == Instant;

    /// <inheritdoc/>
    public override bool IsWriter => false;
}
