namespace BluePlan.State.Consistency;

/// <summary>
/// Checks a set whose members are added once and removed for good: what was added is seen until it is removed, and what was removed is
/// never seen again.
/// </summary>
internal sealed class SetChecker : IModelChecker
{
    /// <inheritdoc/>
    public void Check(ObjectHistory history)
    {
        var additions = history.All.Where(static operation => operation.Action is OperationAction.Add)
            .ToLookup(static operation => operation.Input[0]);
        foreach (var read in history.All.Where(static operation =>
            operation is { Action: OperationAction.Read or OperationAction.Contains, Outcome: Outcome.Ok }))
        {
            if (read.Action is OperationAction.Read && read.Output.Distinct()
                .Count() != read.Output.Count) history.Report("duplicate", "A member is listed twice.", read);
            foreach (var member in Shown(read)) history.CheckOrigin(read, member, [.. additions[member]]);
        }

        var changes = history.Evidence.Where(static operation => operation.Action is OperationAction.Add or OperationAction.Remove)
            .ToLookup(static operation => operation.Input[0]);
        (Operation Read, HashSet<long> Shown)[] reads = [.. history.Evidence.Where(static operation =>
            operation.Action is OperationAction.Read or OperationAction.Contains)
            .OrderBy(static read => read.Begun).Select(static read => (read, Shown(read).ToHashSet()))];
        foreach (var member in changes)
            CheckMember(history, member.Key, [.. member],
                [.. reads.Where(read => read.Read.Action is OperationAction.Read || read.Read.Input[0] == member.Key)
                .Select(read => (read.Read, read.Shown.Contains(member.Key)))]);
    }

    private static void CheckMember(ObjectHistory history, long member, Operation[] changes, (Operation Read, bool IsShown)[] reads)
    {
        Operation[] adds = [.. changes.Where(static change => change.Action is OperationAction.Add)],
            removes = [.. changes.Where(static change => change.Action is OperationAction.Remove)];
        // A read shows that it was there, as its addition does.
        var added = Array.Find(adds, static add => add.Outcome is Outcome.Ok) ?? reads.Where(static read => read.IsShown)
            .Select(static read => read.Read).MinBy(static read => read.Ended);
        if (added is null) return;
        var firstRemove = removes.Select(static remove => remove.Begun).Append(long.MaxValue).Min();
        if (Array.Find(reads, read => !read.IsShown && read.Read.Begun > added.Ended && read.Read.Ended < firstRemove).Read is { } blind)
        {
            var isBack = reads.Any(read => read.IsShown && read.Read.Begun > blind.Ended);
            history.Report(isBack ? "stale read" : "lost",
                $"Member {member} was there and nobody had removed it, and a later read does not show it.", added, blind);
        }
        if (removes.Length == 0) return;
        // A removal of unknown outcome has happened when a later read no longer shows the member. An addition of unknown outcome may still
        // follow.
        var absent = reads.Where(read => !read.IsShown && read.Read.Begun > added.Ended).Select(static read => read.Read);
        var removed = removes.Where(static remove => remove.Outcome is Outcome.Ok).Concat(absent)
            .MinBy(static operation => operation.Ended);
        if (removed is not null && adds.All(add => add.Latest < removed.Begun)
            && Array.Find(reads, read => read.IsShown && read.Read.Begun > removed.Ended).Read is { } again)
            history.Report("resurrected", $"Member {member} was removed, and a later read shows it.", [.. adds, removed, again]);
    }

    private static IEnumerable<long> Shown(Operation read) => read.Action is OperationAction.Read ? read.Output : read.Output is [1]
        ? [read.Input[0]] : [];
}
