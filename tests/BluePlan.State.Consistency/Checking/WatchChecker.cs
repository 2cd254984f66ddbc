namespace BluePlan.State.Consistency;

/// <summary>
/// Checks that each watch hears within a bound of what was saved while it lived, and that what it hears was saved and never goes back.
/// </summary>
internal sealed class WatchChecker : IModelChecker
{
    /// <inheritdoc/>
    public void Check(ObjectHistory history)
    {
        var saves = history.All.Where(static operation => operation.Action is OperationAction.Save).ToLookup(static save => save.Input[0]);
        Operation[] confirmed = [.. history.Evidence.Where(static operation =>
            operation is { Action: OperationAction.Save, Outcome: Outcome.Ok })];
        var watches = history.All.Where(static operation => operation.Action is OperationAction.Hear or OperationAction.EndWatch);
        foreach (var watch in watches.GroupBy(static operation => operation.Input[0]))
        {
            Operation[] heard = [.. watch.Where(static operation => operation.Action is OperationAction.Hear)
                .OrderBy(static hear => hear.Begun)];
            if (heard.Length == 0) continue;
            CheckHeard(history, heard, saves);
            // A watch whose process was killed lived as long as it was heard.
            var end = watch.FirstOrDefault(static operation => operation.Action is OperationAction.EndWatch)?.Begun ?? heard[^1].Begun;
            foreach (var save in confirmed.Where(save => save.Begun > heard[0].Ended))
            {
                var deadline = history.Promise.Deadline(save.Ended);
                if (deadline >= end || heard.Any(hear => hear.Begun >= save.Begun && hear.Begun <= deadline
                    && hear.Output[0] >= save.Output[0])) continue;
                history.Report("deaf watch", $"A watch did not hear of version {save.Output[0]} within {(deadline - save.Ended) / 1000} ms.",
                    [heard[0], save, .. heard.Where(hear => hear.Begun >= save.Begun).Take(1)]);
            }
        }
    }

    private static void CheckHeard(ObjectHistory history, Operation[] heard, ILookup<long, Operation> saves)
    {
        for (var i = 0; i < heard.Length; i++)
        {
            var (version, value) = (heard[i].Output[0], heard[i].Output[1]);
            if (value == 0) continue;
            history.CheckOrigin(heard[i], value, [.. saves[value]]);
            if (i > 0 && version <= heard[i - 1].Output[0] && !history.Promise.InWindow(heard[i - 1].Begun, heard[i].Ended))
                history.Report("went back", "A watch heard an older version after a newer one.", heard[i - 1], heard[i]);
        }
    }
}
