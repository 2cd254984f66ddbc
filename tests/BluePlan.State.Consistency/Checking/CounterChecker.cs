namespace BluePlan.State.Consistency;

/// <summary>
/// Checks a sum that only grows: each count lies between what must be in it and what can be in it, no two additions end at the same count,
/// and none falls.
/// </summary>
internal sealed class CounterChecker : IModelChecker
{
    /// <inheritdoc/>
    public void Check(ObjectHistory history)
    {
        Operation[] possible = [.. history.All.Where(static operation =>
            operation is { Action: OperationAction.Increment, Outcome: not (Outcome.Failed or Outcome.Refused) })];
        Operation[] certain = [.. history.Evidence.Where(static operation =>
            operation is { Action: OperationAction.Increment, Outcome: Outcome.Ok })];
        Operation[] counts = [.. history.Evidence.Where(static operation => operation is { Outcome: Outcome.Ok, Output.Count: > 0 })];
        foreach (var count in counts)
        {
            var own = count.Action is OperationAction.Increment ? count.Input[0] : 0;
            var least = certain.Where(add => add.Ended < count.Begun).Sum(static add => add.Input[0]) + own;
            var most = possible.Where(add => add.Begun <= count.Ended).Sum(static add => add.Input[0]);
            if (count.Output[0] < least) history.Report("lost", $"The count is {count.Output[0]}; {least} were acknowledged before.",
                count);
            if (count.Output[0] > most) history.Report("duplicate", $"The count is {count.Output[0]}; at most {most} had been asked for.",
                count);
        }
        foreach (var same in counts.Where(static count => count.Action is OperationAction.Increment)
            .GroupBy(static count => count.Output[0]).Where(static group => group.Count() > 1))
            history.Report("lost update", $"{same.Count()} additions ended at the count {same.Key}.", [.. same]);
        foreach (var (first, second) in Successions.Falling(counts, static count => count.Output[0]))
            history.Report("stale read", "A count is below one that was told before it was asked for.", first, second);
    }
}
