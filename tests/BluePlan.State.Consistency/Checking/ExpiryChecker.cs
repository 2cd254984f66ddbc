namespace BluePlan.State.Consistency;

/// <summary>Checks keys that expire when they are not read for a time: never absent before it, never found long after it.</summary>
internal sealed class ExpiryChecker : IModelChecker
{
    /// <inheritdoc/>
    public IEnumerable<Anomaly> Check(IReadOnlyList<Operation> history, Promise promise)
    {
        var name = history.Count > 0 ? history[0].Object : "";
        Anomaly Found(string kind, string reason, params Operation[] operations) => new(kind, ModelKind.Expiry, name, reason, operations);

        Operation[] touches = [.. history.Where(static operation => operation.Action is OperationAction.Write && operation.Outcome is Outcome.Ok or Outcome.Unknown || operation.Action is OperationAction.Read && operation.Outcome is Outcome.Unknown || operation is { Action: OperationAction.Read, Outcome: Outcome.Ok, Output: [1] })];
        Operation[] certain = [.. touches.Select(promise.Evidence).OfType<Operation>().Where(static touch => touch.Outcome is Outcome.Ok)];
        foreach (var read in history.Where(static operation => operation is { Action: OperationAction.Read or OperationAction.Peek, Outcome: Outcome.Ok }).Select(promise.Evidence).OfType<Operation>())
        {
            if (read.Output[0] == 0)
            {
                var early = certain.FirstOrDefault(touch => touch.Ended < read.Begun && read.Ended < touch.Begun + promise.ExpiryWindow - promise.ExpiryTolerance && !promise.HasStep(touch.Begun, read.Ended));
                if (early is not null) yield return Found("early expiry", $"The key is absent {(read.Ended - early.Begun) / 1000} ms after it was touched; it lives {promise.ExpiryWindow / 1000} ms.", early, read);
            }
            else if (touches.Where(touch => touch.Begun <= read.Ended && touch != read).MaxBy(static touch => touch.Latest) is not { } last)
            {
                yield return Found("never written", "The key is found; nobody wrote it.", read);
            }
            else if (last.Latest < read.Begun && read.Begun - last.Latest > promise.ExpiryWindow + promise.ExpiryDelay && !promise.HasStep(last.Begun, read.Ended))
            {
                yield return Found("late expiry", $"The key is found {(read.Begun - last.Latest) / 1000} ms after it was last touched; it lives {promise.ExpiryWindow / 1000} ms.", last, read);
            }
        }
    }
}
