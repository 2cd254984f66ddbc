namespace BluePlan.State.Storage;

/// <summary>Writes a document whole: its value and expiry. Its new ETag is <see cref="StateCommit.ETag"/>.</summary>
public sealed record PutDocument : StateOperation
{
    /// <inheritdoc cref="PutDocument"/>
    /// <param name="key">A key of shape <see cref="StateShape.Document"/>.</param>
    /// <param name="value">The bytes, perhaps none. The provider copies them; the memory is the caller's again when the commit's task has ended, however it ended.</param>
    /// <param name="expiry">When it expires. <see cref="StateExpiry.Keep"/> keeps instant, window and cap as they are and does not slide.</param>
    /// <param name="condition">What must hold.</param>
    /// <exception cref="ArgumentException">The key has another shape or the value is too big.</exception>
    public PutDocument(StateKey key, ReadOnlyMemory<byte> value, StateExpiry expiry = default, StateCondition condition = default) : base(key, StateShape.Document)
    {
        Value = CheckValue(value, nameof(value));
        (Expiry, Condition) = (expiry, condition);
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>When it expires.</summary>
    public StateExpiry Expiry { get; }

    /// <summary>What must hold.</summary>
    public StateCondition Condition { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Value.Length;
}
