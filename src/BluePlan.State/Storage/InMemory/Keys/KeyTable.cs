namespace BluePlan.State.Storage;

/// <summary>
/// The keys of a partition: a hash table by linear hashing, one segment of 256 buckets at a time, so that it never stops to grow. One thread writes, under the partition's lock; any number read without
/// one. A snapshot costs one reference a segment; from then on a segment is copied before its first change.
/// </summary>
/// <remarks>Linear hashing: W. Litwin, "Linear hashing: a new tool for file and table addressing", VLDB 1980. Ids are hashed with the runtime's randomized string hash, so that keys chosen to collide do not.</remarks>
internal sealed class KeyTable
{
    private volatile KeySegment[] _segments;
    private int _epoch;

    /// <param name="expected">How many keys will come, about.</param>
    public KeyTable(int expected = 0)
    {
        _segments = new KeySegment[Math.Max(1, (expected + KeySegment.Size - 1) / KeySegment.Size)];
        for (var i = 0; i < _segments.Length; i++) _segments[i] = new(0, new KeyNode?[KeySegment.Size]);
    }

    public int Count { get; private set; }

    public int SegmentCount => _segments.Length;

    /// <summary>Rises with each snapshot. What was made at a lower one may be held by a snapshot.</summary>
    public int Epoch => _epoch;

    public static uint HashOf(in StateKey key)
    {
        // Types are few and not chosen by strangers: their ends tell them apart well enough.
        var type = key.Type;
        return (uint)key.Id.GetHashCode() + (uint)(type[0] + 37 * type[^1] + 1369 * type.Length + 31 * (int)key.Shape) * 0x9E3779B1u;
    }

    public KeyNode? Find(in StateKey key) => Find(key, HashOf(key));

    public KeyNode? Find(in StateKey key, uint hash)
    {
        var segments = _segments;
        var node = Volatile.Read(ref segments[SegmentOf(hash, segments.Length)].Buckets[hash & (KeySegment.Size - 1)]);
        while (node is not null && !node.Is(key, hash)) node = node.Next;
        return node;
    }

    /// <summary>Puts a key with its content, replacing what it held.</summary>
    public KeyNode Set(in StateKey key, object content, long position)
    {
        var hash = HashOf(key);
        ref var bucket = ref BucketForWriting(hash);
        var rest = Without(bucket, key, hash, out var found);
        var node = new KeyNode(key, hash, content, position, rest);
        Volatile.Write(ref bucket, node);
        if (!found && ++Count > _segments.Length << KeySegment.Bits) Grow();
        return node;
    }

    public bool Remove(in StateKey key)
    {
        var hash = HashOf(key);
        if (Find(key, hash) is null) return false;
        ref var bucket = ref BucketForWriting(hash);
        Volatile.Write(ref bucket, Without(bucket, key, hash, out _));
        Count--;
        return true;
    }

    /// <summary>The table as it is now, for ever. What its nodes hold must be copied before it is changed when it is of an older <see cref="Epoch"/>.</summary>
    public KeySnapshot TakeSnapshot()
    {
        _epoch++;
        return new([.. _segments], Count);
    }

    /// <summary>Removes the keys of one bucket that have expired; answers how many.</summary>
    public int Sweep(int segment, int bucket, DateTimeOffset now)
    {
        var swept = 0;
        for (var node = _segments[segment].Buckets[bucket]; node is not null; node = node.Next)
        {
            if (node.Expiry.Kind is StateExpiryKind.Never || !node.Expiry.IsExpiredAt(now)) continue;
            var key = node.Key(0);
            ref var place = ref BucketForWriting(node.Hash);
            Volatile.Write(ref place, Without(place, key, node.Hash, out _));
            Count--;
            swept++;
        }
        return swept;
    }

    private static int SegmentOf(uint hash, int segments)
    {
        var mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)segments) - 1;
        var segment = (int)(hash >> KeySegment.Bits) & mask;
        return segment < segments ? segment : segment & (mask >> 1);
    }

    private ref KeyNode? BucketForWriting(uint hash)
    {
        var segments = _segments;
        var at = SegmentOf(hash, segments.Length);
        var segment = segments[at];
        if (segment.Epoch != _epoch)
        {
            segment = new(_epoch, [.. segment.Buckets]);
            Volatile.Write(ref segments[at], segment);
        }
        return ref segment.Buckets[hash & (KeySegment.Size - 1)];
    }

    /// <summary>The chain without a key; what stands behind the key is shared, what stands before it is made anew.</summary>
    private static KeyNode? Without(KeyNode? chain, in StateKey key, uint hash, out bool found)
    {
        found = false;
        if (chain is null) return null;
        if (chain.Is(key, hash))
        {
            found = true;
            return chain.Next;
        }
        var rest = Without(chain.Next, key, hash, out found);
        return found ? Relink(chain, rest) : chain;
    }

    private static KeyNode Relink(KeyNode node, KeyNode? next) => new(node.Key(0), node.Hash, node.Content, node.Position, next);

    /// <summary>Splits the next segment into itself and a new last one.</summary>
    private void Grow()
    {
        var old = _segments;
        var split = SegmentOf((uint)old.Length << KeySegment.Bits, old.Length);
        var segments = new KeySegment[old.Length + 1];
        old.CopyTo(segments, 0);
        var (low, high) = (new KeyNode?[KeySegment.Size], new KeyNode?[KeySegment.Size]);
        for (var i = 0; i < KeySegment.Size; i++)
            for (var node = old[split].Buckets[i]; node is not null; node = node.Next)
            {
                ref var chain = ref (SegmentOf(node.Hash, segments.Length) == split ? ref low : ref high)[i];
                chain = Relink(node, chain);
            }
        (segments[split], segments[old.Length]) = (new(_epoch, low), new(_epoch, high));
        _segments = segments;
    }
}
