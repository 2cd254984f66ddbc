namespace BluePlan.State.Consistency;

/// <summary>
/// Checks a list that is only appended to: its reads are beginnings of one order, which holds what was acknowledged, once, in the order in which appends followed each other. Like the list-append check of Elle
/// (Kingsbury and Alvaro, VLDB 2020), for one list.
/// </summary>
internal sealed class ListChecker : IModelChecker
{
    /// <inheritdoc/>
    public IEnumerable<Anomaly> Check(IReadOnlyList<Operation> history, Promise promise)
    {
        var name = history.Count > 0 ? history[0].Object : "";
        Anomaly Found(string kind, string reason, params Operation[] operations) => new(kind, ModelKind.List, name, reason, operations);

        var appends = history.Where(static operation => operation.Action is OperationAction.Append).ToArray();
        var byId = appends.SelectMany(static append => append.Input.Select(id => (id, append))).ToDictionary(static pair => pair.id, static pair => pair.append);
        foreach (var read in history.Where(static operation => operation is { Action: OperationAction.Read, Outcome: Outcome.Ok }))
        {
            var ids = Ids(read);
            if (ids.Distinct().Count() != ids.Length) yield return Found("duplicate", $"Entry {ids.GroupBy(static id => id).First(static group => group.Count() > 1).Key} was read twice.", read);
            var sequences = Sequences(read);
            for (var i = 1; i < sequences.Length; i++)
                if (sequences[i] <= sequences[i - 1])
                {
                    yield return Found("reorder", $"Sequence {sequences[i]} follows {sequences[i - 1]}.", read);
                    break;
                }
            foreach (var id in ids)
                if (!byId.TryGetValue(id, out var append)) yield return Found("never written", $"Entry {id} was read; nobody appended it.", read);
                else if (append.Outcome is Outcome.Failed) yield return Found("dirty read", $"Entry {id} was read; its append had failed for certain.", append, read);
                else if (append.Begun > read.Ended) yield return Found("read of the future", $"Entry {id} was read before its append began.", append, read);
            // A batch is there whole or not at all.
            var there = ids.ToHashSet();
            foreach (var append in ids.Where(byId.ContainsKey).Select(id => byId[id]).Distinct().Where(static append => append.Input.Count > 1))
                if (!append.Input.All(there.Contains)) yield return Found("torn", "A part of an append was read.", append, read);
                else if (!IsRun(ids, append.Input)) yield return Found("reorder", "The entries of an append do not follow each other.", append, read);
        }

        Operation[] evidence = [.. history.Select(promise.Evidence).OfType<Operation>()];
        Operation[] reads = [.. evidence.Where(static operation => operation.Action is OperationAction.Read).OrderBy(static read => read.Output.Count)];
        if (reads.Length == 0) yield break;
        var longest = reads[^1];
        var order = Ids(longest);
        var place = new Dictionary<long, int>();
        for (var i = 0; i < order.Length; i++) place.TryAdd(order[i], i);
        foreach (var read in reads)
            if (!order.AsSpan().StartsWith(Ids(read))) yield return Found("reorder", "Of two reads neither is the beginning of the other.", read, longest);
        var known = evidence.Where(static operation => operation is { Action: OperationAction.Append, Outcome: Outcome.Ok }).ToArray();
        foreach (var append in known)
        {
            // The shortest read after it tells; reads are sorted.
            var blind = reads.FirstOrDefault(read => read.Begun > append.Ended && !Contains(read, append, place));
            if (blind is not null) yield return Found(longest.Begun > append.Ended && !Contains(longest, append, place) ? "lost" : "stale read", $"Entry {append.Input[0]} was acknowledged, and a later read does not show it.", append, blind);
            if (append.Output.Count > 0 && Contains(longest, append, place) && !append.Output.SequenceEqual(append.Input.Select(id => Sequences(longest)[place[id]])))
                yield return Found("reorder", "An append was told other sequences than its entries have.", append, longest);
        }
        // Of two appends that followed each other, the first must come first: the greatest beginning so far is below the least end after it.
        Operation[] placed = [.. evidence.Where(append => append.Action is OperationAction.Append && append.Input.All(place.ContainsKey)).OrderBy(append => place[append.Input[0]])];
        Operation? latest = null;
        foreach (var append in placed)
        {
            if (latest is not null && append.Latest < latest.Begun) yield return Found("reorder", "An append that ended before another began stands behind it.", append, latest);
            if (latest is null || append.Begun > latest.Begun) latest = append;
        }
        Operation? shown = null;
        foreach (var read in reads.OrderBy(static read => read.Begun))
        {
            // The longest of those that ended before this one began.
            shown = reads.LastOrDefault(other => other.Ended < read.Begun);
            if (shown is not null && shown.Output.Count > read.Output.Count) yield return Found("stale read", "A read shows less than one that ended before it began.", shown, read);
        }
    }

    private static long[] Ids(Operation read) => [.. read.Output.Where(static (_, i) => i % 2 == 0)];

    private static long[] Sequences(Operation read) => [.. read.Output.Where(static (_, i) => i % 2 == 1)];

    private static bool Contains(Operation read, Operation append, Dictionary<long, int> place) => append.Input.All(id => place.TryGetValue(id, out var at) && at < read.Output.Count / 2);

    private static bool IsRun(long[] ids, IReadOnlyList<long> batch)
    {
        var at = Array.IndexOf(ids, batch[0]);
        return at + batch.Count <= ids.Length && ids.AsSpan(at, batch.Count).SequenceEqual([.. batch]);
    }
}
