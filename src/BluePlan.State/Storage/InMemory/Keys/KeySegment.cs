using System.Runtime.CompilerServices;

namespace BluePlan.State.Storage;

/// <summary>256 buckets of a <see cref="KeyTable"/>. One that an older snapshot holds is copied before it changes.</summary>
internal sealed class KeySegment(int epoch)
{
    public const int Bits = 8;
    public const int Size = 1 << Bits;

    public readonly int Epoch = epoch;

    /// <summary>No key in it expires before this packed instant; 0 = none ever does. Not safe to go by while a sweep is within the segment. Under the partition's lock.</summary>
    public long Earliest;

    // Inside the object, not behind it: each read of a big table would wait once more for memory.
    public Chains Buckets;

    public KeySegment CopyFor(int epoch) => new(epoch) { Buckets = Buckets, Earliest = Earliest };

    public void Note(long packedInstant)
    {
        if (packedInstant > 0 && (Earliest == 0 || packedInstant < Earliest)) Earliest = packedInstant;
    }

    [InlineArray(Size)]
    public struct Chains
    {
        private KeyNode? _first;
    }
}
