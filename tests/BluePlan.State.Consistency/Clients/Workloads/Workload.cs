namespace BluePlan.State.Consistency;

/// <summary>Operations on the objects of one model.</summary>
internal abstract class Workload(IBluePlanState state, Recorder recorder)
{
    protected static readonly IReadOnlyList<long> Nothing = [];

    protected IBluePlanState State { get; } = state;

    protected Recorder Recorder { get; } = recorder;

    public abstract ModelKind Model { get; }

    /// <summary>What the names of its objects begin with, one letter.</summary>
    public abstract string Prefix { get; }

    /// <summary>How many objects it uses at a time.</summary>
    public virtual int Objects => 2;

    /// <summary>How often it is chosen.</summary>
    public virtual int Weight => 2;

    /// <summary>Does one thing, or a few.</summary>
    public abstract Task<Operation> StepAsync(string name, Random random);

    /// <summary>Reads an object whole.</summary>
    public abstract Task<Operation> ReadAsync(string name);

    protected Task<Operation> CallAsync(string name, OperationAction action, IReadOnlyList<long> input, Func<Call,
        Task<IReadOnlyList<long>>> call, int tries = 1) => Recorder.CallAsync(Model, name, action, input, call, tries);
}
