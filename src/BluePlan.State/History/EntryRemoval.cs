using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// The operations that remove certain entries of a log and no others: the ranges, and the check that these very entries stand there. Between a plan and its commit a failover may lose entries,
/// and others may append under the same sequences.
/// </summary>
internal static class EntryRemoval
{
    /// <summary>Everything but the messages that are kept, which are some of the entries, in order; null when nothing is to be removed.</summary>
    public static StateOperation[]? AllBut(StateKey log, IEnumerable<LogEntryId> entries, IReadOnlyList<HistoryMessage> kept)
    {
        var at = 0;
        return Of(log, entries, sequence =>
        {
            if (at == kept.Count || kept[at].Sequence != sequence) return true;
            at++;
            return false;
        });
    }

    /// <summary>Those entries that go, in as few ranges as there can be; asked about in order; null when none goes.</summary>
    public static StateOperation[]? Of(StateKey log, IEnumerable<LogEntryId> entries, Func<long, bool> goes)
    {
        var (ranges, ids) = (new List<SequenceRange>(), new List<LogEntryId>());
        var joins = false;
        foreach (var entry in entries)
        {
            var leaves = goes(entry.Sequence);
            if (leaves && joins) ranges[^1] = ranges[^1] with { Last = entry.Sequence };
            else if (leaves) ranges.Add(new(entry.Sequence, entry.Sequence));
            if (leaves && entry.Id is not null) ids.Add(entry);
            joins = leaves;
        }
        var removal = ranges.Count == 0 ? null : new RemoveEntries(log, ranges);
        return removal is null ? null : ids.Count == 0 ? [removal] : [new CheckEntries(log, ids), removal];
    }
}
