namespace BluePlan.State.Consistency;

/// <summary>Keys that expire two seconds after they were last read.</summary>
internal sealed class ExpiryWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private const string Category = "expiry";
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    public override ModelKind Model => ModelKind.Expiry;

    public override string Prefix => "x";

    // Many, so that each is alone for a while.
    public override int Objects => 60;

    public override Task<Operation> StepAsync(string name, Random random) => random.Next(6) switch
    {
        < 2 => WriteAsync(name),
        < 5 => CallAsync(name, OperationAction.Read, [], async _ => [await State.Store.GetAsync<long>(Category, name) is null ? 0 : 1]),
        _ => ReadAsync(name),
    };

    public override Task<Operation> ReadAsync(string name) =>
        CallAsync(name, OperationAction.Peek, [], async _ => [await State.Store.PeekAsync<long>(Category, name) is null ? 0 : 1]);

    private Task<Operation> WriteAsync(string name) => CallAsync(name, OperationAction.Write, [], async _ =>
    {
        await State.Store.SetAsync(Category, name, 1L, StateExpiry.Sliding(Window));
        return Nothing;
    });
}
