namespace BluePlan.State.Storage;

/// <summary>A key with what it holds, in the chain of its bucket. Chains are never changed in place, so readers walk them without a lock.</summary>
internal sealed class KeyNode
{
    public readonly string Id;
    public readonly string Type;
    public readonly KeyNode? Next;

    /// <summary>A <see cref="DocumentContent"/>, which is handed out as it is, or a <see cref="StoredKey"/>, which is read under the partition's lock.</summary>
    public readonly object Content;

    /// <summary>The journal's position of the last commit that wrote it. A read must not answer before the journal has acknowledged that.</summary>
    public long Position;

    public readonly uint Hash;
    public readonly StateShape Shape;

    public KeyNode(in StateKey key, uint hash, object content, long position, KeyNode? next) =>
        (Id, Type, Shape, Hash, Content, Position, Next) = (key.Id, key.Type, key.Shape, hash, content, position, next);

    private KeyNode(KeyNode node, object content, KeyNode? next) =>
        (Id, Type, Shape, Hash, Content, Position, Next) = (node.Id, node.Type, node.Shape, node.Hash, content, node.Position, next);

    public StateExpiry Expiry => Content is DocumentContent document ? document.Expiry : ((StoredKey)Content).Expiry;

    public bool IsExpiredAt(DateTimeOffset now) => Expiry.IsExpiredAt(now);

    public bool Is(in StateKey key, uint hash) => Hash == hash && Shape == key.Shape && Id == key.Id && Type == key.Type;

    public StateKey Key(int partition) => new(partition, Shape, Type, Id);

    /// <summary>The same key with other content, in front of another rest of a chain.</summary>
    public KeyNode With(object content, KeyNode? next) => new(this, content, next);
}
