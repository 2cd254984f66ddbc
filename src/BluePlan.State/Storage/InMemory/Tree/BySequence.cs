namespace BluePlan.State.Storage;

/// <summary>Log entries by their sequence.</summary>
internal readonly struct BySequence : ITreeOrder<LogEntry>
{
    public static int Compare(in LogEntry left, in LogEntry right) => left.Sequence.CompareTo(right.Sequence);
}
