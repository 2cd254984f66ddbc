using System.Collections.Concurrent;

namespace BluePlan.State.Consistency;

/// <summary>Members that are added, removed, asked for and listed.</summary>
internal abstract class SetWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<long>> _added = new();

    public override ModelKind Model => ModelKind.Set;

    public override async Task<Operation> StepAsync(string name, Random random)
    {
        var added = _added.GetOrAdd(name, static _ => new());
        switch (random.Next(8))
        {
            case < 3:
                var member = Recorder.NextValue();
                var add = await CallAsync(name, OperationAction.Add, [member], async _ =>
                {
                    await AddAsync(name, member);
                    return Nothing;
                });
                if (add.Outcome is Outcome.Ok or Outcome.Unknown) added.Enqueue(member);
                return add;
            case < 5 when added.TryDequeue(out var victim):
                // Repeated until it is answered, as a caller does who must know.
                for (var attempt = 1; ; attempt++)
                {
                    var remove = await CallAsync(name, OperationAction.Remove, [victim],
                        async _ => [await RemoveAsync(name, victim) ? 1 : 0]);
                    if (remove.Outcome is Outcome.Ok || attempt == 5) return remove;
                    await Task.Delay(50 * attempt);
                }
            case < 7 when added.TryPeek(out var one):
                return await ContainsAsync(name, one);
            default:
                return await ReadAsync(name);
        }
    }

    public override Task<Operation> ReadAsync(string name) => CallAsync(name, OperationAction.Read, [], async _ => await ListAsync(name));

    /// <summary>Asks for one member.</summary>
    public Task<Operation> ContainsAsync(string name, long member) =>
        CallAsync(name, OperationAction.Contains, [member], async _ => [await HasAsync(name, member) ? 1 : 0]);

    protected abstract Task AddAsync(string name, long member);

    protected abstract Task<bool> RemoveAsync(string name, long member);

    protected abstract Task<bool> HasAsync(string name, long member);

    protected abstract Task<IReadOnlyList<long>> ListAsync(string name);
}
