namespace BluePlan.State.Storage;

/// <summary>256 buckets of a <see cref="KeyTable"/>. One that an older snapshot holds is copied before it changes.</summary>
internal sealed class KeySegment(int epoch, KeyNode?[] buckets)
{
    public const int Bits = 8;
    public const int Size = 1 << Bits;

    public readonly int Epoch = epoch;
    public readonly KeyNode?[] Buckets = buckets;
}
