namespace BluePlan.State.Storage;

/// <summary>Turns ranges of sequences into stretches of the tree.</summary>
internal static class LogRanges
{
    public static TreeRange<LogEntry> Of(SequenceRange range) => Between(range.First, range.Last);

    /// <summary>All entries behind a sequence.</summary>
    public static TreeRange<LogEntry> Behind(long sequence) => TreeRange<LogEntry>.All.From(new(sequence, default), false);

    /// <summary>All entries between two sequences, both with.</summary>
    public static TreeRange<LogEntry> Between(long first, long last) => TreeRange<LogEntry>.All.From(new(first, default), true).To(new(last, default), true);
}
