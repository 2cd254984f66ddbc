namespace BluePlan.State.Storage;

/// <summary>Reads a document, and perhaps touches it in the same atomic step.</summary>
public sealed record DocumentRead : StateRead<DocumentContent>
{
    // Every read of a document makes one of these, so it is kept small: the window to slide by, or one of these.
    private const long Peek = 0, KeepWindow = -1;
    private readonly long _touch;

    /// <inheritdoc cref="DocumentRead"/>
    /// <param name="key">A key of shape <see cref="StateShape.Document"/>.</param>
    /// <param name="touch">See <see cref="Touch"/>.</param>
    /// <param name="headOnly">See <see cref="HeadOnly"/>.</param>
    /// <exception cref="ArgumentException">The key has another shape, or the touch is of another kind.</exception>
    public DocumentRead(StateKey key, StateExpiry? touch = null, bool headOnly = false) : base(key, StateShape.Document)
    {
        if (touch is { } expiry && !(expiry.Kind is StateExpiryKind.Keep || expiry is { Kind: StateExpiryKind.Sliding, AbsoluteTimeout: null, Cap: null }))
            throw new ArgumentException("A touch is null, Keep, or Sliding without an end.", nameof(touch));
        _touch = touch is not { } slide ? Peek : slide.Kind is StateExpiryKind.Keep ? KeepWindow : slide.Window.Ticks;
        HeadOnly = headOnly;
    }

    /// <summary>
    /// Null: a peek, nothing changes. <see cref="StateExpiry.Keep"/>: a document that slides is slid by its own window, up to its cap; any other is
    /// left as it is. <see cref="StateExpiry.Sliding"/> without an end: this becomes the document's expiry, whatever it was, counted from now;
    /// callers who know the window get the cheapest read that a server has. A touch changes no ETag. When the store refuses to write for
    /// now, the document is still read and its expiry stays.
    /// </summary>
    public StateExpiry? Touch => _touch switch { Peek => null, KeepWindow => StateExpiry.Keep, _ => StateExpiry.Sliding(new(_touch)) };

    /// <summary>Whether nothing changes.</summary>
    internal bool IsPeek => _touch == Peek;

    /// <summary>Whether ETag and expiry suffice: <see cref="DocumentContent.Value"/> is empty.</summary>
    public bool HeadOnly { get; }
}
