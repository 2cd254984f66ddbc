namespace BluePlan.State.Storage;

/// <summary>A key with what it holds, in the chain of its bucket. Chains are never changed in place, so readers walk them without a lock.</summary>
internal sealed class KeyNode
{
    public readonly string Id;
    public readonly string Type;
    public readonly KeyNode? Next;

    /// <summary>A <see cref="DocumentContent"/>, see <see cref="Document"/>, or a <see cref="StoredKey"/>, which is read under the partition's lock.</summary>
    public readonly object Content;

    /// <summary>The journal's position of the last commit that wrote it. A read must not answer before the journal has acknowledged that.</summary>
    public long Position;

    public readonly uint Hash;
    public readonly StateShape Shape;

    // When a document expires, if it slid since it was written; 0 = it did not. Sliding is by far the most frequent change there is, and this is what it costs least: nothing that lasts is made anew.
    private long _slid;

    public KeyNode(in StateKey key, uint hash, object content, long position, KeyNode? next) =>
        (Id, Type, Shape, Hash, Content, Position, Next) = (key.Id, key.Type, key.Shape, hash, content, position, next);

    private KeyNode(KeyNode node, object content, KeyNode? next) =>
        (Id, Type, Shape, Hash, Content, Position, Next, _slid) = (node.Id, node.Type, node.Shape, node.Hash, content, node.Position, next, ReferenceEquals(content, node.Content) ? node._slid : 0);

    public StateExpiry Expiry => Content is DocumentContent document ? ExpiryOf(document) : ((StoredKey)Content).Expiry;

    /// <summary>What the document holds, with the expiry that it has by now. May be asked without a lock.</summary>
    public DocumentContent Document
    {
        get
        {
            var document = (DocumentContent)Content;
            return Volatile.Read(ref _slid) == 0 ? document : document with { Expiry = ExpiryOf(document) };
        }
    }

    public bool IsExpiredAt(DateTimeOffset now) => Expiry.IsExpiredAt(now);

    /// <summary>Lets the document expire at another instant. False when more than that would change. Under the partition's lock.</summary>
    public bool TrySlide(StateExpiry expiry)
    {
        if (((DocumentContent)Content).Expiry.MovedTo(expiry.PackedInstant) != expiry) return false;
        Volatile.Write(ref _slid, expiry.PackedInstant);
        return true;
    }

    public bool Is(in StateKey key, uint hash) => Hash == hash && Shape == key.Shape && Id == key.Id && Type == key.Type;

    public StateKey Key(int partition) => new(partition, Shape, Type, Id);

    /// <summary>The same key with other content, in front of another rest of a chain.</summary>
    public KeyNode With(object content, KeyNode? next) => new(this, content, next);

    private StateExpiry ExpiryOf(DocumentContent document) => Volatile.Read(ref _slid) is > 0 and var slid ? document.Expiry.MovedTo(slid) : document.Expiry;
}
