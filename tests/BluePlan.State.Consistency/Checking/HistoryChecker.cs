namespace BluePlan.State.Consistency;

/// <summary>
/// Checks a history, object by object: it is linearizable if and only if that of each object is (Herlihy and Wing 1990, "locality").
/// </summary>
internal static class HistoryChecker
{
    // What begins so long after the directory was taken away cannot be acknowledged, in microseconds.
    private const long NoticeTime = 1_000_000;

    private static readonly IReadOnlyDictionary<ModelKind, IModelChecker> Checkers = new Dictionary<ModelKind, IModelChecker>
    {
        [ModelKind.Register] = new RegisterChecker<RegisterState>(new RegisterModel()),
        [ModelKind.Version] = new RegisterChecker<VersionState>(new VersionModel()),
        [ModelKind.List] = new ListChecker(),
        [ModelKind.Set] = new SetChecker(),
        [ModelKind.Counter] = new CounterChecker(),
        [ModelKind.Lock] = new LockChecker(),
        [ModelKind.Watch] = new WatchChecker(),
        [ModelKind.Expiry] = new ExpiryChecker(),
    };

    /// <summary>Finds what no order of the operations explains, the first of each kind for each object.</summary>
    public static IReadOnlyList<Anomaly> Check(IEnumerable<Operation> operations, Promise promise)
    {
        var anomalies = new List<Anomaly>();
        foreach (var group in operations.GroupBy(static operation => (operation.Model, operation.Object)))
        {
            var history = new ObjectHistory(group.Key.Model, group.Key.Object, [.. group.OrderBy(static operation => operation.Begun)],
                promise);
            foreach (var operation in history.All)
            {
                if (operation.Outcome is Outcome.Broken) history.Report("broken", "A call ended in a way that no document names.",
                    operation);
                if (operation.IsAcknowledgedWrite
                    && promise.Vanished.Any(gone => operation.Begun > gone.Begun + NoticeTime && operation.Ended < gone.Ended))
                    history.Report("acknowledged into nowhere",
                        "A write was acknowledged more than a second after its directory was taken away.", operation);
            }
            Checkers[group.Key.Model].Check(history);
            anomalies.AddRange(history.Anomalies);
        }
        return anomalies;
    }
}
