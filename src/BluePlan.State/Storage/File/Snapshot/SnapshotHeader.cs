namespace BluePlan.State.Storage;

/// <summary>What the header of a snapshot says.</summary>
internal readonly record struct SnapshotHeader(StoreIdentity Store, long SegmentNumber, long BaseSequence);
