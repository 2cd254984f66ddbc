namespace BluePlan.State.Consistency;

/// <summary>Checks that each watch hears within a bound of what was saved while it lived, and that what it hears was saved and never goes back.</summary>
internal sealed class WatchChecker : IModelChecker
{
    /// <inheritdoc/>
    public IEnumerable<Anomaly> Check(IReadOnlyList<Operation> history, Promise promise)
    {
        var name = history.Count > 0 ? history[0].Object : "";
        Anomaly Found(string kind, string reason, params Operation[] operations) => new(kind, ModelKind.Watch, name, reason, operations);

        var saves = history.Where(static operation => operation.Action is OperationAction.Save).ToArray();
        var byValue = saves.ToLookup(static save => save.Input[0]);
        Operation[] confirmed = [.. saves.Where(save => save.Outcome is Outcome.Ok && !(promise.LosesAcknowledged && promise.InWindow(save.Begun, save.Ended)))];
        foreach (var watch in history.Where(static operation => operation.Action is OperationAction.Hear or OperationAction.EndWatch).GroupBy(static operation => operation.Input[0]))
        {
            Operation[] heard = [.. watch.Where(static operation => operation.Action is OperationAction.Hear).OrderBy(static hear => hear.Begun)];
            if (heard.Length == 0) continue;
            // A watch whose process was killed lived as long as it was heard.
            var end = watch.FirstOrDefault(static operation => operation.Action is OperationAction.EndWatch)?.Begun ?? heard[^1].Begun;
            for (var i = 0; i < heard.Length; i++)
            {
                var value = heard[i].Output[1];
                if (value != 0 && (!byValue.Contains(value) || byValue[value].All(save => save.Outcome is Outcome.Failed or Outcome.Refused || save.Begun > heard[i].Ended)))
                    yield return Found("never written", $"A watch heard value {value}, which nobody had saved.", [heard[i], .. byValue[value]]);
                if (i > 0 && value != 0 && heard[i].Output[0] <= heard[i - 1].Output[0] && !promise.InWindow(heard[i - 1].Begun, heard[i].Ended))
                    yield return Found("went back", "A watch heard an older version after a newer one.", heard[i - 1], heard[i]);
            }
            foreach (var save in confirmed.Where(save => save.Begun > heard[0].Ended))
            {
                var deadline = promise.Deadline(save.Ended);
                if (deadline >= end) continue;
                if (heard.Any(hear => hear.Begun >= save.Begun && hear.Begun <= deadline && hear.Output[0] >= save.Output[0])) continue;
                yield return Found("deaf watch", $"A watch did not hear of version {save.Output[0]} within {(deadline - save.Ended) / 1000} ms.", [save, .. heard.Where(hear => hear.Begun >= save.Begun).Take(1)]);
                // What follows from it says no more.
                break;
            }
        }
    }
}
