namespace BluePlan.State.Storage;

/// <summary>What every provider accepts, so that the same call fails the same way everywhere.</summary>
public static class StateLimits
{
    /// <summary>The most bytes that a key's id, a map's field name, an index's member or a log entry's id takes in UTF-8: 4,096.</summary>
    public const int MaximumNameBytes = 4096;

    /// <summary>The most characters of a key's type: 32.</summary>
    public const int MaximumTypeLength = 32;

    /// <summary>The most bytes of one value: 64 MiB.</summary>
    public const int MaximumValueBytes = 64 * 1024 * 1024;

    /// <summary>The most bytes of all values, names and ids of one commit together: 128 MiB.</summary>
    public const int MaximumCommitBytes = 128 * 1024 * 1024;

    /// <summary>The most counters in one vector: 64.</summary>
    public const int MaximumVectorLength = 64;

    /// <summary>
    /// Counters, scores and log sequences stay within ± this number, 2^53 − 1: the integers that a double holds exactly, which is what
    /// Redis and its scripts compute with.
    /// </summary>
    public const long MaximumNumber = (1L << 53) - 1;

    /// <summary>The most partitions of a store: 1,024. The number is a power of two.</summary>
    public const int MaximumPartitions = 1024;
}
