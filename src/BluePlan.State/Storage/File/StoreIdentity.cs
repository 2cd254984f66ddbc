namespace BluePlan.State.Storage;

/// <summary>Which store a file belongs to, and since which whole replacement of it.</summary>
/// <param name="Id">128 random bits, made with the store.</param>
/// <param name="PartitionCount">How many partitions it has, fixed when it is made.</param>
/// <param name="Epoch">Rises each time an import replaces the store.</param>
internal readonly record struct StoreIdentity(UInt128 Id, int PartitionCount, long Epoch)
{
    /// <summary>Whether a store can have so many partitions.</summary>
    public static bool IsPossible(int partitionCount) => partitionCount is >= 1 and <= StateLimits.MaximumPartitions && int.IsPow2(partitionCount);

    /// <summary>What checksums begin with, so that a piece of another store or epoch never passes for one of this.</summary>
    public long Seed(long salt) => unchecked((long)(ulong)Id + (long)(ulong)(Id >> 64) * 31 + Epoch * 0x2545F4914F6CDD1D + salt);
}
