namespace BluePlan.State.Consistency;

/// <summary>Checks a set whose members are added once and removed for good: what was added is seen until it is removed, and what was removed is never seen again.</summary>
internal sealed class SetChecker : IModelChecker
{
    /// <inheritdoc/>
    public IEnumerable<Anomaly> Check(IReadOnlyList<Operation> history, Promise promise)
    {
        var name = history.Count > 0 ? history[0].Object : "";
        Anomaly Found(string kind, string reason, params Operation[] operations) => new(kind, ModelKind.Set, name, reason, operations);

        var changes = history.Where(static operation => operation.Action is OperationAction.Add or OperationAction.Remove).ToLookup(static operation => (operation.Action, operation.Input[0]));
        foreach (var read in history.Where(static operation => operation is { Action: OperationAction.Read or OperationAction.Contains, Outcome: Outcome.Ok }))
        {
            if (read.Action is OperationAction.Read && read.Output.Distinct().Count() != read.Output.Count) yield return Found("duplicate", "A member is listed twice.", read);
            foreach (var member in Shown(read))
            {
                Operation[] adds = [.. changes[(OperationAction.Add, member)]];
                if (adds.Length == 0) yield return Found("never written", $"Member {member} is shown; nobody added it.", read);
                else if (adds.All(static add => add.Outcome is Outcome.Failed)) yield return Found("dirty read", $"Member {member} is shown; its addition had failed for certain.", [.. adds, read]);
                else if (adds.All(add => add.Begun > read.Ended)) yield return Found("read of the future", $"Member {member} is shown before its addition began.", [.. adds, read]);
            }
        }

        Operation[] evidence = [.. history.Select(promise.Evidence).OfType<Operation>()];
        Operation[] reads = [.. evidence.Where(static operation => operation.Action is OperationAction.Read or OperationAction.Contains).OrderBy(static read => read.Begun)];
        var shownBy = reads.ToDictionary(static read => read, static read => Shown(read).ToHashSet());
        foreach (var member in evidence.Where(static operation => operation.Action is OperationAction.Add or OperationAction.Remove).Select(static operation => operation.Input[0]).Distinct())
        {
            Operation[] adds = [.. evidence.Where(operation => operation.Action is OperationAction.Add && operation.Input[0] == member)];
            Operation[] removes = [.. evidence.Where(operation => operation.Action is OperationAction.Remove && operation.Input[0] == member)];
            Operation[] asked = [.. reads.Where(read => read.Action is OperationAction.Read || read.Input[0] == member)];
            var firstRemove = removes.Length == 0 ? long.MaxValue : removes.Min(static remove => remove.Begun);
            var added = adds.FirstOrDefault(static add => add.Outcome is Outcome.Ok);
            // A read shows that it was there, as its addition does.
            added ??= asked.Where(read => shownBy[read].Contains(member)).MinBy(static read => read.Ended);
            if (added is not null && asked.FirstOrDefault(read => read.Begun > added.Ended && read.Ended < firstRemove && !shownBy[read].Contains(member)) is { } blind)
            {
                var isLost = !asked.Any(read => read.Begun > blind.Ended && shownBy[read].Contains(member));
                yield return Found(isLost ? "lost" : "stale read", $"Member {member} was there and nobody had removed it, and a later read does not show it.", added, blind);
            }
            var removed = removes.Where(static remove => remove.Outcome is Outcome.Ok).MinBy(static remove => remove.Ended);
            // A removal of unknown outcome has happened when a later read no longer shows the member.
            if (removes.Length > 0 && added is not null)
            {
                var absent = asked.Where(read => read.Begun > added.Ended && !shownBy[read].Contains(member)).MinBy(static read => read.Ended);
                if (absent is not null && (removed is null || absent.Ended < removed.Ended)) removed = absent;
            }
            // A removal that a repeated addition may follow ends nothing.
            if (removed is not null && adds.All(add => add.Latest < removed.Begun) && asked.FirstOrDefault(read => read.Begun > removed.Ended && shownBy[read].Contains(member)) is { } again)
                yield return Found("resurrected", $"Member {member} was removed, and a later read shows it.", [.. adds, removed, again]);
        }
    }

    private static IEnumerable<long> Shown(Operation read) => read.Action is OperationAction.Read ? read.Output : read.Output is [1] ? [read.Input[0]] : [];
}
