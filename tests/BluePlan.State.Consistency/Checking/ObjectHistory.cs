namespace BluePlan.State.Consistency;

/// <summary>The operations on one object, what they prove, and what was found in them.</summary>
/// <param name="model">The model.</param>
/// <param name="name">The object.</param>
/// <param name="operations">All operations on it, by their beginnings.</param>
/// <param name="promise">What is allowed.</param>
internal sealed class ObjectHistory(ModelKind model, string name, IReadOnlyList<Operation> operations, Promise promise)
{
    private readonly List<Anomaly> _anomalies = [];

    public ModelKind Model { get; } = model;

    public Promise Promise { get; } = promise;

    public IReadOnlyList<Operation> All { get; } = operations;

    /// <summary>The operations that prove something, as <see cref="Consistency.Promise.Evidence"/> has them.</summary>
    public IReadOnlyList<Operation> Evidence { get; } = [.. operations.Select(promise.Evidence).OfType<Operation>()];

    /// <summary>What was found, the first of each kind.</summary>
    public IEnumerable<Anomaly> Anomalies => _anomalies.DistinctBy(static anomaly => anomaly.Kind);

    /// <summary>Notes an anomaly.</summary>
    /// <param name="kind">What it is called.</param>
    /// <param name="reason">One sentence.</param>
    /// <param name="shown">The operations that show it.</param>
    public void Report(string kind, string reason, params IReadOnlyList<Operation> shown) =>
        _anomalies.Add(new(kind, Model, name, reason, shown));

    /// <summary>Checks that what was read had been written, whatever its order.</summary>
    /// <param name="read">The read.</param>
    /// <param name="value">The value or member that it shows.</param>
    /// <param name="writes">The operations that may have put it there.</param>
    public void CheckOrigin(Operation read, long value, IReadOnlyList<Operation> writes)
    {
        if (writes.Count == 0)
            Report("never written", $"{value} was read; nobody had asked for it.", read);
        else if (writes.All(static write => write.Outcome is Outcome.Failed or Outcome.Refused))
            Report("dirty read", $"{value} was read; its write had failed for certain.", [.. writes, read]);
        else if (writes.All(write => write.Begun > read.Ended))
            Report("read of the future", $"{value} was read before its write began.", [.. writes, read]);
    }
}
