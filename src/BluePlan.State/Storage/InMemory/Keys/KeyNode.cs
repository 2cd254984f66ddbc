using System.Runtime.CompilerServices;

namespace BluePlan.State.Storage;

/// <summary>A key with what it holds, in the chain of its bucket. Chains are never changed in place, so readers walk them without a lock.</summary>
internal sealed class KeyNode
{
    private const long OfContent = long.MinValue; // Maps, logs and indexes say it themselves.

    public readonly string Id;
    public readonly string Type;
    public readonly KeyNode? Next;

    /// <summary>A <see cref="DocumentContent"/>, see <see cref="Document"/>, or a <see cref="StoredKey"/>, which is read under the partition's lock.</summary>
    public readonly object Content;

    /// <summary>The journal's position of the last commit that wrote it. A read must not answer before the journal has acknowledged that.</summary>
    public long Position;

    public readonly uint Hash;
    public readonly StateShape Shape;

    // When a document expires, packed as in its expiry, so that a read need not go on to the content to see that it has not; 0 = never. Negative when it slid since it was written, which the content does
    // not say: sliding is by far the most frequent change there is, and this is what it costs least, since nothing that lasts is made anew.
    private long _instant;

    // By how many milliseconds touches have moved the expiry since the journal was last told; not 0 when they changed more than that.
    private int _drift;

    public KeyNode(in StateKey key, uint hash, object content, long position, KeyNode? next) =>
        (Id, Type, Shape, Hash, Content, Position, Next, _instant) = (key.Id, key.Type, key.Shape, hash, content, position, next, InstantOf(content));

    private KeyNode(KeyNode node, object content, KeyNode? next) =>
        (Id, Type, Shape, Hash, Content, Position, Next, IsTouched, _drift, _instant) = (node.Id, node.Type, node.Shape, node.Hash, content, node.Position, next, node.IsTouched, node._drift, ReferenceEquals(content, node.Content) ? node._instant : InstantOf(content));

    /// <summary>Whether it stands among those of which the journal is to be told next. Under the partition's lock.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Whether touches have moved the expiry since the journal was last told. Under the partition's lock.</summary>
    public bool HasDrifted => _drift != 0;

    public StateExpiry Expiry => Content is DocumentContent document ? ExpiryOf(document, Volatile.Read(ref _instant)) : ((StoredKey)Content).Expiry;

    /// <summary>When it expires, packed as in its <see cref="Expiry"/>; 0 = never.</summary>
    public long Instant => _instant == OfContent ? ((StoredKey)Content).Expiry.PackedInstant : Math.Abs(_instant);

    /// <summary>What the document holds, with the expiry that it has by now.</summary>
    public DocumentContent Document => DocumentAsOf(_instant);

    public bool IsExpiredAt(DateTimeOffset now) => StateExpiry.IsPast(Instant, now);

    /// <summary>What the document holds, unless it has expired by a clock. May be asked without a lock.</summary>
    public DocumentContent? DocumentBy(TimeProvider time)
    {
        var instant = Volatile.Read(ref _instant);
        return StateExpiry.IsPast(Math.Abs(instant), time) ? null : DocumentAsOf(instant);
    }

    /// <summary>Lets the document expire at another instant. False when more than that would change. Under the partition's lock.</summary>
    public bool TrySlide(StateExpiry expiry)
    {
        if (((DocumentContent)Content).Expiry.MovedTo(expiry.PackedInstant) != expiry) return false;
        Volatile.Write(ref _instant, -expiry.PackedInstant);
        return true;
    }

    /// <summary>Notes that a touch moved the expiry. Answers whether it is now so far from what the journal knows that it must be told. Under the partition's lock.</summary>
    public bool Drift(long milliseconds, long most)
    {
        _drift = (int)Math.Clamp(_drift + milliseconds, -int.MaxValue, int.MaxValue);
        return Math.Abs(_drift) >= most;
    }

    /// <summary>Notes that the journal has been told what the expiry is. Under the partition's lock.</summary>
    public void EndDrift() => (IsTouched, _drift) = (false, 0);

    public bool Is(in StateKey key, uint hash) => Hash == hash && Shape == key.Shape && Id == key.Id && Type == key.Type;

    public StateKey Key(int partition) => new(partition, Shape, Type, Id);

    /// <summary>The same key with other content, in front of another rest of a chain.</summary>
    public KeyNode With(object content, KeyNode? next) => new(this, content, next);

    private DocumentContent DocumentAsOf(long instant)
    {
        // Only a document has such an instant. To check that would be to wait for the content's memory, which who asks may not need.
        if (instant >= 0) return Unsafe.As<DocumentContent>(Content);
        var document = (DocumentContent)Content;
        return document with { Expiry = ExpiryOf(document, instant) };
    }

    private static StateExpiry ExpiryOf(DocumentContent document, long instant) => instant >= 0 ? document.Expiry : document.Expiry.MovedTo(-instant);

    private static long InstantOf(object content) => content is DocumentContent document ? document.Expiry.PackedInstant : OfContent;
}
