namespace BluePlan.State.Storage;

/// <summary>A key with its content, in an export or import. A big map, log or index may come in several records that follow each other.</summary>
/// <param name="Key">The key.</param>
/// <param name="Content">The content, or a part of it: all parts repeat expiry and, for a log, <see cref="LogContent.LastSequence"/>; fields, entries and members are each in one part only.</param>
/// <param name="Continues">Whether this is a further part of the key of the record before.</param>
public sealed record StateRecord(StateKey Key, StateContent Content, bool Continues = false)
{
    /// <summary>
    /// Gets the number of partitions of the store that the record was exported from; 0, the default, if it is not known. An export sets it. An import refuses a record of a store with another number: its owners
    /// lie in other partitions, so they would not be found.
    /// </summary>
    public int PartitionCount { get; init; }

    /// <summary>Checks that the record fits a store. A provider calls it for each record of an import, before it writes that one.</summary>
    /// <param name="partitionCount">The number of partitions of the store.</param>
    /// <exception cref="ArgumentException">The record is of a store with another number of partitions, or its partition is not in the store.</exception>
    public void CheckPartitionCount(int partitionCount)
    {
        if (PartitionCount != 0 && PartitionCount != partitionCount)
            throw new ArgumentException($"The record was exported from a store with {PartitionCount} partitions, but this store has {partitionCount}. Import into a store with {PartitionCount} partitions.");
        if (Key.Partition >= partitionCount)
            throw new ArgumentException($"The record is in partition {Key.Partition}, but the store has {partitionCount} partitions. Import into a store with the partition count of the export.");
    }
}
