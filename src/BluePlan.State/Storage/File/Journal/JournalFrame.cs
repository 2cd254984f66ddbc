namespace BluePlan.State.Storage;

/// <summary>What the header of a journal frame says.</summary>
internal readonly record struct JournalFrame(long Sequence, long Flushed, long TimeMilliseconds, int Partition, int Kind, int BodyBytes)
{
    public int Bytes => JournalFormat.FrameBytes(BodyBytes);
}
