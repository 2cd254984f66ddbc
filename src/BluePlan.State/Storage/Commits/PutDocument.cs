namespace BluePlan.State.Storage;

/// <summary>Writes a document whole: its value, ETag and expiry.</summary>
public sealed record PutDocument : StateOperation
{
    /// <inheritdoc cref="PutDocument"/>
    /// <param name="key">A key of shape <see cref="StateShape.Document"/>.</param>
    /// <param name="value">The bytes, perhaps none. The provider copies them; the memory is the caller's again when the commit's task has ended, however it ended.</param>
    /// <param name="expiry">When it expires. <see cref="StateExpiry.Keep"/> keeps instant, window and cap as they are and does not slide.</param>
    /// <param name="condition">What must hold.</param>
    /// <param name="etag">The document's new version; <c>default</c> = a new random one.</param>
    /// <exception cref="ArgumentException">The key has another shape or the value is too big.</exception>
    public PutDocument(StateKey key, ReadOnlyMemory<byte> value, StateExpiry expiry = default, StateCondition condition = default, StateETag etag = default) : base(key, StateShape.Document)
    {
        Value = CheckValue(value, nameof(value));
        (Expiry, Condition, ETag) = (expiry, condition, etag.IsEmpty ? StateETag.New() : etag);
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>When it expires.</summary>
    public StateExpiry Expiry { get; }

    /// <summary>What must hold.</summary>
    public StateCondition Condition { get; }

    /// <summary>The document's new version.</summary>
    public StateETag ETag { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Value.Length;
}
