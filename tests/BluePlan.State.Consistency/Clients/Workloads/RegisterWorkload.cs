namespace BluePlan.State.Consistency;

/// <summary>Values of the host's own data, written also by comparing ETags.</summary>
internal sealed class RegisterWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private const string Category = "register";

    public override ModelKind Model => ModelKind.Register;

    public override string Prefix => "r";

    public override int Objects => 4;

    public override int Weight => 3;

    public override Task<Operation> StepAsync(string name, Random random) => random.Next(10) switch
    {
        < 3 => ReadAsync(name),
        < 5 => WriteAsync(name),
        < 8 => CompareAndSetAsync(name),
        8 => UpdateAsync(name),
        _ => DeleteAsync(name),
    };

    public override Task<Operation> ReadAsync(string name) =>
        CallAsync(name, OperationAction.Read, [], async _ => [(await State.Store.GetAsync<long>(Category, name))?.Value ?? 0]);

    private Task<Operation> WriteAsync(string name)
    {
        var value = Recorder.NextValue();
        return CallAsync(name, OperationAction.Write, [value], async _ =>
        {
            await State.Store.SetAsync(Category, name, value);
            return Nothing;
        });
    }

    private async Task<Operation> CompareAndSetAsync(string name)
    {
        StateEntry<long>? entry = null;
        var read = await CallAsync(name, OperationAction.Read, [],
            async _ => [(entry = await State.Store.PeekAsync<long>(Category, name))?.Value ?? 0]);
        if (read.Outcome is not Outcome.Ok) return read;
        var value = Recorder.NextValue();
        return await CallAsync(name, OperationAction.CompareAndSet, [value, entry?.Value ?? 0], async _ =>
        {
            await State.Store.SetAsync(Category, name, value, default,
                entry is null ? StateCondition.IfAbsent : StateCondition.IfMatch(entry.ETag));
            return Nothing;
        });
    }

    private Task<Operation> UpdateAsync(string name)
    {
        var value = Recorder.NextValue();
        return CallAsync(name, OperationAction.CompareAndSet, [value, -1], async call =>
        {
            await State.Store.UpdateAsync<long>(Category, name, old =>
            {
                call.Input = [value, old];
                return value;
            });
            return Nothing;
        });
    }

    private Task<Operation> DeleteAsync(string name) =>
        CallAsync(name, OperationAction.Delete, [], async _ => [await State.Store.DeleteAsync(Category, name) ? 1 : 0]);
}
