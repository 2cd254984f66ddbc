namespace BluePlan.State.Storage;

/// <summary>Sets when a key of any shape expires; an ETag stays as it is.</summary>
/// <remarks>
/// It stands behind the operation of the same commit that writes its key, and sees what that one made. An instant in the past deletes the key.
/// Answers <see cref="OperationResult.Count"/>: 1 when it was set, 0 when the key is absent, or has an expiry and <see cref="OnlyIfNone"/> is set.
/// </remarks>
public sealed record ExpireKey : StateOperation
{
    /// <inheritdoc cref="ExpireKey"/>
    /// <param name="key">The key.</param>
    /// <param name="expiry">Anything but <see cref="StateExpiry.Keep"/>; <see cref="StateExpiry.Sliding"/> for documents only.</param>
    /// <param name="onlyIfNone">Leave a key alone that has an expiry already.</param>
    /// <exception cref="ArgumentException">The expiry does not fit.</exception>
    public ExpireKey(StateKey key, StateExpiry expiry, bool onlyIfNone = false) : base(key, null)
    {
        if (expiry.Kind is StateExpiryKind.Keep) throw new ArgumentException("ExpireKey with Keep would do nothing.", nameof(expiry));
        if (expiry.Kind is StateExpiryKind.Sliding && key.Shape is not StateShape.Document) throw new ArgumentException($"Only documents slide, {key} is none.", nameof(expiry));
        (Expiry, OnlyIfNone) = (expiry, onlyIfNone);
    }

    /// <summary>The new expiry.</summary>
    public StateExpiry Expiry { get; }

    /// <summary>Whether a key that has an expiry already is left alone.</summary>
    public bool OnlyIfNone { get; }

    /// <inheritdoc/>
    public override bool IsWriter => false;
}
