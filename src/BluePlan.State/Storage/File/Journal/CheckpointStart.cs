namespace BluePlan.State.Storage;

/// <summary>Where a checkpoint begins: what lies before it in the journal is superfluous once the checkpoint is whole.</summary>
/// <param name="SegmentNumber">The first segment that is still needed then.</param>
/// <param name="BaseSequence">The sequence that this segment begins with.</param>
/// <param name="Bytes">How many bytes of journal lie before it.</param>
internal readonly record struct CheckpointStart(long SegmentNumber, long BaseSequence, long Bytes);
