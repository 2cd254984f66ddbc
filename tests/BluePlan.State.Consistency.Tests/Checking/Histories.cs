namespace BluePlan.State.Consistency.Tests;

/// <summary>Hand-made histories. Times are seconds.</summary>
internal sealed class Histories(ModelKind model)
{
    private readonly List<Operation> _operations = [];

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Adds an operation that was done.</summary>
    public Histories Ok(OperationAction action, double begun, double ended, long[] input, params long[] output) =>
        Add(action, Outcome.Ok, begun, ended, input, output);

    /// <summary>Adds one that ended in another way.</summary>
    public Histories Add(OperationAction action, Outcome outcome, double begun, double ended, long[] input, params long[] output)
    {
        _operations.Add(new() { Id = _operations.Count + 1, Process = _operations.Count % 3, Model = model, Object = "one",
            Action = action, Outcome = outcome, Begun = Microseconds(begun), Ended = Microseconds(ended), Input = input, Output = output });
        return this;
    }

    /// <summary>Adds one of a process that was killed before it ended.</summary>
    public Histories Killed(OperationAction action, double begun, params long[] input)
    {
        Add(action, Outcome.Unknown, begun, 0, input);
        _operations[^1] = _operations[^1] with { Ended = long.MaxValue };
        return this;
    }

    /// <summary>The kinds of anomalies that the checker finds.</summary>
    public IReadOnlyList<string> Kinds(Promise? promise = null) =>
        [.. HistoryChecker.Check(_operations, promise ?? new()).Select(static anomaly => anomaly.Kind).Distinct()];

    public static long Microseconds(double seconds) => (long)(seconds * 1_000_000);

    /// <summary>A time in seconds.</summary>
    public static Interval Time(double begun, double ended) => new(Microseconds(begun), Microseconds(ended));
}
