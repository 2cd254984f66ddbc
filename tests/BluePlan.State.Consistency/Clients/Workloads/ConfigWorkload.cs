namespace BluePlan.State.Consistency;

/// <summary>Configs, saved also under an expected version.</summary>
internal sealed class ConfigWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    public override ModelKind Model => ModelKind.Version;

    public override string Prefix => "c";

    public override async Task<Operation> StepAsync(string name, Random random)
    {
        var read = await ReadAsync(name);
        return read.Outcome is not Outcome.Ok ? read : random.Next(10) switch
        {
            < 3 => read,
            < 5 => await SaveAsync(name, -1),
            < 9 => await SaveAsync(name, read.Output[1] == 0 ? 0 : read.Output[0]),
            _ => await DeleteAsync(name),
        };
    }

    public override Task<Operation> ReadAsync(string name) =>
        CallAsync(name, OperationAction.Read, [],
            async _ => await State.Config.LoadAsync<Cargo>(name) is { } entry ? [entry.Version, entry.Value.Value] : [0, 0]);

    private Task<Operation> SaveAsync(string name, long expected)
    {
        var value = Recorder.NextValue();
        return CallAsync(name, OperationAction.Save, [value, expected],
            async _ => [(await State.Config.SaveAsync(name, new Cargo(value), expected < 0 ? null : expected)).Version]);
    }

    private Task<Operation> DeleteAsync(string name) =>
        CallAsync(name, OperationAction.Delete, [], async _ => [await State.Config.DeleteAsync(name) ? 1 : 0]);
}
