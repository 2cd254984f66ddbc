namespace BluePlan.State.Consistency;

/// <summary>Checks a sum that only grows: each count lies between what must be in it and what can be in it, no two additions end at the same count, and counts never go back.</summary>
internal sealed class CounterChecker : IModelChecker
{
    /// <inheritdoc/>
    public IEnumerable<Anomaly> Check(IReadOnlyList<Operation> history, Promise promise)
    {
        var name = history.Count > 0 ? history[0].Object : "";
        Anomaly Found(string kind, string reason, params Operation[] operations) => new(kind, ModelKind.Counter, name, reason, operations);

        Operation[] possible = [.. history.Where(static operation => operation is { Action: OperationAction.Increment, Outcome: not Outcome.Failed and not Outcome.Refused })];
        Operation[] evidence = [.. history.Select(promise.Evidence).OfType<Operation>()];
        Operation[] certain = [.. evidence.Where(static operation => operation is { Action: OperationAction.Increment, Outcome: Outcome.Ok })];
        Operation[] counts = [.. evidence.Where(static operation => operation is { Outcome: Outcome.Ok, Output.Count: > 0 }).OrderBy(static operation => operation.Ended)];
        foreach (var count in counts)
        {
            var own = count.Action is OperationAction.Increment ? count.Input[0] : 0;
            var least = certain.Where(add => add.Ended < count.Begun).Sum(static add => add.Input[0]) + own;
            var most = possible.Where(add => add.Begun <= count.Ended).Sum(static add => add.Input[0]);
            if (count.Output[0] < least) yield return Found("lost", $"The count is {count.Output[0]}; {least} were acknowledged before.", count);
            if (count.Output[0] > most) yield return Found("duplicate", $"The count is {count.Output[0]}; at most {most} had been asked for.", count);
        }
        foreach (var same in counts.Where(static count => count.Action is OperationAction.Increment).GroupBy(static count => count.Output[0]).Where(static group => group.Count() > 1))
            yield return Found("lost update", $"{same.Count()} additions ended at the count {same.Key}.", [.. same]);

        // Each is compared with the greatest that had ended when it began.
        Operation? greatest = null;
        var ended = 0;
        foreach (var count in counts.OrderBy(static count => count.Begun))
        {
            for (; ended < counts.Length && counts[ended].Ended < count.Begun; ended++)
                if (greatest is null || counts[ended].Output[0] > greatest.Output[0]) greatest = counts[ended];
            if (greatest is not null && count.Output[0] < greatest.Output[0]) yield return Found("stale read", "A count is below one that was told before it was asked for.", greatest, count);
        }
    }
}
