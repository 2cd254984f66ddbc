namespace BluePlan.State.Consistency;

/// <summary>Counters in the fields of a key, which are not idempotent and tell the count.</summary>
internal sealed class FieldsWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private const string Category = "counter", Field = "count";

    public override ModelKind Model => ModelKind.Counter;

    public override string Prefix => "n";

    public override Task<Operation> StepAsync(string name, Random random) => random.Next(3) == 0 ? ReadAsync(name) :
        CallAsync(name, OperationAction.Increment, [1], async _ => [await State.Store.IncrementFieldAsync(Category, name, Field)]);

    public override Task<Operation> ReadAsync(string name) =>
        CallAsync(name, OperationAction.Read, [], async _ => [await State.Store.GetFieldAsync<long>(Category, name, Field)]);
}
