namespace BluePlan.State.Consistency;

/// <summary>
/// Checks a list that is only appended to: its reads are beginnings of one order, which holds what was acknowledged, once, in the order in
/// which
/// appends followed each other. Like the list-append check of Elle (Kingsbury and Alvaro, VLDB 2020), for one list.
/// </summary>
internal sealed class ListChecker : IModelChecker
{
    /// <inheritdoc/>
    public void Check(ObjectHistory history)
    {
        var appends = history.All.Where(static operation => operation.Action is OperationAction.Append);
        var byId = appends.SelectMany(static append => append.Input.Select(id => (id, append)))
            .ToDictionary(static pair => pair.id, static pair => pair.append);
        foreach (var read in history.All.Where(static operation =>
            operation is { Action: OperationAction.Read, Outcome: Outcome.Ok })) CheckRead(history, read, byId);

        Operation[] reads = [.. history.Evidence.Where(static operation => operation.Action is OperationAction.Read)
            .OrderBy(static read => read.Output.Count)];
        if (reads.Length == 0) return;
        var longest = reads[^1];
        foreach (var read in reads)
            if (!Ids(longest).AsSpan().StartsWith(Ids(read))) history.Report("reorder",
                "Of two reads neither is the beginning of the other.", read, longest);
        CheckAppends(history, reads, longest);
        foreach (var read in reads)
        {
            // The longest of those that had ended when this one began.
            var before = Array.FindLast(reads, other => other.Ended < read.Begun);
            if (before is not null && before.Output.Count > read.Output.Count) history.Report("stale read",
                "A read shows less than one that ended before it began.", before, read);
        }
    }

    /// <summary>What one read shows: entries that were appended, each once, each append whole.</summary>
    private static void CheckRead(ObjectHistory history, Operation read, Dictionary<long, Operation> byId)
    {
        var (ids, sequences) = (Ids(read), Sequences(read));
        var there = ids.ToHashSet();
        if (there.Count != ids.Length) history.Report("duplicate",
            $"Entry {ids.GroupBy(static id => id).First(static group => group.Count() > 1).Key} was read twice.", read);
        for (var i = 1; i < sequences.Length; i++)
            if (sequences[i] <= sequences[i - 1]) history.Report("reorder", $"Sequence {sequences[i]} follows {sequences[i - 1]}.", read);
        foreach (var id in ids)
        {
            byId.TryGetValue(id, out var append);
            history.CheckOrigin(read, id, append is null ? [] : [append]);
            if (append is null || append.Input[0] != id && there.Contains(append.Input[0])) continue;
            if (!append.Input.All(there.Contains)) history.Report("torn", "A part of an append was read.", append, read);
            else if (!IsRun(ids, append.Input)) history.Report("reorder", "The entries of an append do not follow each other.", append,
                read);
        }
    }

    /// <summary>What was acknowledged is in every later read, and stands in the order in which appends followed each other.</summary>
    private static void CheckAppends(ObjectHistory history, Operation[] reads, Operation longest)
    {
        var (order, sequences) = (Ids(longest), Sequences(longest));
        var place = new Dictionary<long, int>();
        for (var i = 0; i < order.Length; i++) place.TryAdd(order[i], i);
        bool IsIn(Operation read, Operation append) =>
            append.Input.All(id => place.TryGetValue(id, out var at) && at < read.Output.Count / 2);

        Operation[] appends = [.. history.Evidence.Where(static operation => operation.Action is OperationAction.Append)];
        foreach (var append in appends.Where(static append => append.Outcome is Outcome.Ok))
        {
            // The shortest read after it tells; reads are sorted.
            if (Array.Find(reads, read => read.Begun > append.Ended && !IsIn(read, append)) is { } blind)
                history.Report(IsIn(longest, append) ? "stale read" : "lost",
                    $"Entry {append.Input[0]} was acknowledged, and a later read does not show it.", append, blind);
            if (append.Output.Count > 0 && IsIn(longest, append)
                && !append.Output.SequenceEqual(append.Input.Select(id => sequences[place[id]])))
                history.Report("reorder", "An append was told other sequences than its entries have.", append, longest);
        }
        // Each is compared with the last to begin of those that stand before it.
        Operation? latest = null;
        foreach (var append in appends.Where(append => append.Input.All(place.ContainsKey)).OrderBy(append => place[append.Input[0]]))
        {
            if (latest is not null && append.Latest < latest.Begun) history.Report("reorder",
                "An append that ended before another began stands behind it.", append, latest);
            if (latest is null || append.Begun > latest.Begun) latest = append;
        }
    }

    private static long[] Ids(Operation read) => [.. read.Output.Where(static (_, i) => i % 2 == 0)];

    private static long[] Sequences(Operation read) => [.. read.Output.Where(static (_, i) => i % 2 == 1)];

    private static bool IsRun(long[] ids, IReadOnlyList<long> batch)
    {
        var at = Array.IndexOf(ids, batch[0]);
        return at + batch.Count <= ids.Length && ids.AsSpan(at, batch.Count).SequenceEqual([.. batch]);
    }
}
