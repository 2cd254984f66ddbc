using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Which ranges of a log to remove so that certain entries go and all others stay.</summary>
internal static class LogRanges
{
    /// <summary>Everything but the messages that are kept, which are some of the sequences, in order.</summary>
    public static List<SequenceRange> Without(IEnumerable<long> sequences, IReadOnlyList<HistoryMessage> kept)
    {
        var at = 0;
        return Of(sequences, sequence =>
        {
            if (at == kept.Count || kept[at].Sequence != sequence) return true;
            at++;
            return false;
        });
    }

    /// <summary>The sequences that go, in as few ranges as there can be; asked about in order.</summary>
    public static List<SequenceRange> Of(IEnumerable<long> sequences, Func<long, bool> goes)
    {
        var ranges = new List<SequenceRange>();
        var joins = false;
        foreach (var sequence in sequences)
        {
            var leaves = goes(sequence);
            if (leaves && joins) ranges[^1] = ranges[^1] with { Last = sequence };
            else if (leaves) ranges.Add(new(sequence, sequence));
            joins = leaves;
        }
        return ranges;
    }
}
