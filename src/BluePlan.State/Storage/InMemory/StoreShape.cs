using System.Numerics;

namespace BluePlan.State.Storage;

/// <summary>Checks of the calls that come once, in one place for memory and files.</summary>
internal static class StoreShape
{
    public static void CheckPartitionCount(int partitionCount)
    {
        if (partitionCount is < 1 or > StateLimits.MaximumPartitions || !BitOperations.IsPow2(partitionCount))
            throw new ArgumentOutOfRangeException(nameof(partitionCount), partitionCount, $"The number of partitions is a power of two from 1 to {StateLimits.MaximumPartitions}.");
    }

    public static void CheckImport(IAsyncEnumerable<StateRecord> records, StateImportMode mode)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (mode is not (StateImportMode.Merge or StateImportMode.Replace)) throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown mode.");
    }
}
