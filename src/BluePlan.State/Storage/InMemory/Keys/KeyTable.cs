using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BluePlan.State.Storage;

/// <summary>
/// The keys of a partition: a hash table by linear hashing, one segment of 256 buckets at a time, so that it never stops to grow. One thread writes, under the partition's lock; any number read without
/// one. A snapshot costs one reference a segment; from then on a segment is copied before its first change.
/// </summary>
/// <remarks>Linear hashing: W. Litwin, "Linear hashing: a new tool for file and table addressing", VLDB 1980. Ids are hashed with XxHash3 under a seed of this process, so that keys chosen to collide do not; the runtime's own randomized hash takes twice as long.</remarks>
internal sealed class KeyTable
{
    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private volatile KeySegment[] _segments;
    private long _removalPosition;
    private int _epoch;

    /// <param name="expected">How many keys will come, about.</param>
    public KeyTable(int expected = 0)
    {
        _segments = new KeySegment[Math.Max(1, (2 * expected + KeySegment.Size - 1) / KeySegment.Size)];
        for (var i = 0; i < _segments.Length; i++) _segments[i] = new(0);
    }

    public int Count { get; private set; }

    /// <summary>The journal's position of the last commit by which a key left the table. Who no longer finds a key must not say so before the journal has acknowledged that.</summary>
    public long RemovalPosition { get => Volatile.Read(ref _removalPosition); set => Volatile.Write(ref _removalPosition, value); }

    public int SegmentCount => _segments.Length;

    /// <summary>Rises with each snapshot. What was made at a lower one may be held by a snapshot.</summary>
    public int Epoch => _epoch;

    public static uint HashOf(in StateKey key)
    {
        // Types are few and not chosen by strangers: their ends tell them apart well enough.
        var type = key.Type;
        return (uint)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key.Id.AsSpan()), Seed) + (uint)(type[0] + 37 * type[^1] + 1369 * type.Length + 31 * (int)key.Shape) * 0x9E3779B1u;
    }

    public KeyNode? Find(in StateKey key) => Find(key, HashOf(key));

    public KeyNode? Find(in StateKey key, uint hash)
    {
        var segments = _segments;
        // Else the runtime looks for the null at the head of the segment, and waits for memory that nobody needs.
        if (segments[SegmentOf(hash, segments.Length)] is not { } segment) return null;
        var node = Volatile.Read(ref segment.Buckets[BucketOf(hash)]);
        while (node is not null && !node.Is(key, hash)) node = node.Next;
        return node;
    }

    /// <summary>Puts a key with its content, replacing what it held.</summary>
    public KeyNode Set(in StateKey key, object content, long position)
    {
        var hash = HashOf(key);
        var old = Find(key, hash);
        var segment = SegmentForWriting(hash);
        ref var bucket = ref segment.Buckets[BucketOf(hash)];
        var node = new KeyNode(key, hash, content, position, old is null ? bucket : Without(bucket!, old));
        Volatile.Write(ref bucket, node);
        segment.Note(node.Instant);
        // Two buckets a key: hardly any read looks at another key on its way.
        if (old is null && ++Count > _segments.Length << (KeySegment.Bits - 1)) Grow();
        return node;
    }

    /// <summary>Gives a key that is in the table other content. No commit wrote that, so its position stays.</summary>
    public KeyNode Replace(KeyNode node, object content)
    {
        var segment = SegmentForWriting(node.Hash);
        ref var bucket = ref segment.Buckets[BucketOf(node.Hash)];
        var other = node.With(content, Without(bucket!, node));
        Volatile.Write(ref bucket, other);
        segment.Note(other.Instant);
        return other;
    }

    /// <summary>Must be told when a key that is in the table expires earlier than before.</summary>
    public void NoteExpiry(KeyNode node) => _segments[SegmentOf(node.Hash, _segments.Length)].Note(node.Instant);

    public bool Remove(in StateKey key, long position)
    {
        if (Find(key) is not { } node) return false;
        Remove(node, position);
        return true;
    }

    /// <summary>The table as it is now, for ever. What its nodes hold must be copied before it is changed when it is of an older <see cref="Epoch"/>.</summary>
    public KeySnapshot TakeSnapshot()
    {
        _epoch++;
        return new([.. _segments], Count);
    }

    /// <summary>Whether a sweep of a segment would find anything.</summary>
    public bool MayHoldExpired(int segment, DateTimeOffset now) => StateExpiry.IsPast(_segments[segment].Earliest, now);

    /// <summary>Removes the keys of one bucket that have expired; answers how many. A sweep begins with the first bucket of a segment and ends with the last, others may come in between.</summary>
    public int Sweep(int segment, int bucket, DateTimeOffset now)
    {
        if (bucket == 0) _segments[segment].Earliest = 0;
        var swept = 0;
        for (var node = _segments[segment].Buckets[bucket]; node is not null; node = node.Next)
        {
            var instant = node.Instant;
            if (StateExpiry.IsPast(instant, now))
            {
                // What lies behind it in the chain stays the same, so the loop goes on.
                Remove(node, node.Position);
                swept++;
            }
            else
                _segments[segment].Note(instant);
        }
        return swept;
    }

    private static int SegmentOf(uint hash, int segments)
    {
        var mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)segments) - 1;
        var segment = (int)(hash >> KeySegment.Bits) & mask;
        return segment < segments ? segment : segment & (mask >> 1);
    }

    private static int BucketOf(uint hash) => (int)(hash & (KeySegment.Size - 1));

    private KeySegment SegmentForWriting(uint hash)
    {
        var segments = _segments;
        var at = SegmentOf(hash, segments.Length);
        var segment = segments[at];
        if (segment.Epoch != _epoch)
        {
            segment = segment.CopyFor(_epoch);
            Volatile.Write(ref segments[at], segment);
        }
        return segment;
    }

    private void Remove(KeyNode node, long position)
    {
        ref var bucket = ref SegmentForWriting(node.Hash).Buckets[BucketOf(node.Hash)];
        // First the position: who no longer finds the key must know what to wait for.
        RemovalPosition = Math.Max(_removalPosition, position);
        Volatile.Write(ref bucket, Without(bucket!, node));
        Count--;
    }

    /// <summary>The chain without a node; what stands behind that is shared, what stands before it is made anew.</summary>
    private static KeyNode? Without(KeyNode chain, KeyNode gone) =>
        ReferenceEquals(chain, gone) ? chain.Next : chain.With(chain.Content, Without(chain.Next!, gone));

    /// <summary>Splits the next segment into itself and a new last one.</summary>
    private void Grow()
    {
        var old = _segments;
        var split = SegmentOf((uint)old.Length << KeySegment.Bits, old.Length);
        var segments = new KeySegment[old.Length + 1];
        old.CopyTo(segments, 0);
        var (low, high) = (new KeySegment(_epoch), new KeySegment(_epoch));
        for (var i = 0; i < KeySegment.Size; i++)
        {
            // The end of a chain that goes to one side as a whole is taken as it is: that is most nodes, and they stay in memory where they are, near what they hold.
            var end = old[split].Buckets[i];
            for (var node = end; node is not null; node = node.Next)
                if (HalfOf(node) != HalfOf(end!)) end = node;
            if (end is not null) HalfOf(end).Buckets[i] = end;
            for (var node = old[split].Buckets[i]; node is not null; node = node.Next)
            {
                var half = HalfOf(node);
                half.Note(node.Instant);
                if (ReferenceEquals(node, end)) end = node.Next;
                else half.Buckets[i] = node.With(node.Content, half.Buckets[i]);
            }
        }
        (segments[split], segments[old.Length]) = (low, high);
        _segments = segments;

        KeySegment HalfOf(KeyNode node) => SegmentOf(node.Hash, segments.Length) == split ? low : high;
    }
}
