namespace BluePlan.State.Storage;

/// <summary>A key with what it holds, in the chain of its bucket. Chains are never changed in place, so readers walk them without a lock.</summary>
internal sealed class KeyNode(in StateKey key, uint hash, object content, long position, KeyNode? next)
{
    public readonly string Id = key.Id;
    public readonly string Type = key.Type;
    public readonly KeyNode? Next = next;

    /// <summary>A <see cref="DocumentContent"/>, which is handed out as it is, or a <see cref="StoredKey"/>, which is read under the partition's lock.</summary>
    public readonly object Content = content;

    /// <summary>The journal's position of the last commit that wrote it. A read must not answer before the journal has acknowledged that.</summary>
    public long Position = position;

    public readonly uint Hash = hash;
    public readonly StateShape Shape = key.Shape;

    public StateExpiry Expiry => Content is DocumentContent document ? document.Expiry : ((StoredKey)Content).Expiry;

    public bool Is(in StateKey key, uint hash) => Hash == hash && Shape == key.Shape && Id == key.Id && Type == key.Type;

    public StateKey Key(int partition) => new(partition, Shape, Type, Id);
}
