namespace BluePlan.State.Consistency;

/// <summary>Checks a history, object by object: a history is linearizable if and only if that of each object is (Herlihy and Wing 1990, "locality").</summary>
internal static class HistoryChecker
{
    private static readonly IReadOnlyDictionary<ModelKind, IModelChecker> Checkers = new Dictionary<ModelKind, IModelChecker>
    {
        [ModelKind.Register] = new RegisterChecker<RegisterState>(ModelKind.Register, new RegisterModel()),
        [ModelKind.Version] = new RegisterChecker<VersionState>(ModelKind.Version, new VersionModel()),
        [ModelKind.List] = new ListChecker(),
        [ModelKind.Set] = new SetChecker(),
        [ModelKind.Counter] = new CounterChecker(),
        [ModelKind.Lock] = new LockChecker(),
        [ModelKind.Watch] = new WatchChecker(),
        [ModelKind.Expiry] = new ExpiryChecker(),
    };

    /// <summary>Finds what no order of the operations explains, the first of each kind for each object.</summary>
    public static IReadOnlyList<Anomaly> Check(IEnumerable<Operation> history, Promise promise)
    {
        var anomalies = new List<Anomaly>();
        foreach (var group in history.GroupBy(static operation => (operation.Model, operation.Object)))
        {
            Operation[] operations = [.. group.OrderBy(static operation => operation.Begun)];
            anomalies.AddRange(operations.Where(static operation => operation.Outcome is Outcome.Broken)
                .Select(static operation => new Anomaly("broken", operation.Model, operation.Object, "A call ended in a way that no document names.", [operation])).Take(1));
            anomalies.AddRange(operations.Where(operation => operation is { Outcome: Outcome.Ok, IsRead: false, Action: not (OperationAction.Hold or OperationAction.EndWatch) } && promise.Vanished.Any(gone => operation.Begun > gone.Begun + 1_000_000 && operation.Ended < gone.Ended))
                .Select(static operation => new Anomaly("acknowledged into nowhere", operation.Model, operation.Object, "A write was acknowledged more than a second after its directory was taken away.", [operation])).Take(1));
            anomalies.AddRange(Checkers[group.Key.Model].Check(operations, promise).DistinctBy(static anomaly => anomaly.Kind));
        }
        return anomalies;
    }
}
