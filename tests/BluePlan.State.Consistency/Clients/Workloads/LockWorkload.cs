namespace BluePlan.State.Consistency;

/// <summary>
/// A lock whose holder counts, under its fencing token: first it claims the value, as the documents advise, then it reads it and writes it.
/// </summary>
internal sealed class LockWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private const string Category = "section";

    public override ModelKind Model => ModelKind.Lock;

    public override string Prefix => "k";

    public override async Task<Operation> StepAsync(string name, Random random)
    {
        ILockLease? lease = null;
        var wait = TimeSpan.FromMilliseconds(random.Next(5) == 0 ? 50 : 10_000);
        var acquire = await CallAsync(name, OperationAction.Acquire, [(long)wait.TotalMicroseconds], async call =>
            (lease = await State.Locks.TryAcquireAsync(name, wait)) is null ? throw new StateConflictException("Others held it.")
                : [lease.FencingToken]);
        if (lease is null) return acquire;
        var begun = Recorder.Now;
        var proven = begun;
        void Prove()
        {
            var now = Recorder.Now;
            if (lease.IsHeld) proven = now;
        }
        await using (lease)
        {
            var done = await CountAsync(name, lease, Prove);
            for (var n = random.Next(4); n > 0; n--)
            {
                await Task.Delay(random.Next(20));
                Prove();
            }
            if (proven > begun) Recorder.Note(Model, name, OperationAction.Hold, [lease.FencingToken], [], begun, proven);
            await CallAsync(name, OperationAction.Release, [lease.FencingToken], async _ => [await lease.ReleaseAsync() ? 1 : 0]);
            return done;
        }
    }

    public override Task<Operation> ReadAsync(string name) => ReadAsync(State, name, static _ => { });

    private async Task<Operation> CountAsync(string name, ILockLease lease, Action prove)
    {
        var fenced = State.FencedBy(lease);
        var claimed = Recorder.NextValue();
        var claim = await CallAsync(name, OperationAction.CompareAndSet, [claimed, -1, lease.FencingToken], async call =>
        {
            await fenced.Store.UpdateAsync<Section>(Category, name, old =>
            {
                call.Input = [claimed, old?.Id ?? 0, lease.FencingToken];
                return new(claimed, old?.Count ?? 0);
            });
            return Nothing;
        });
        if (claim.Outcome is not Outcome.Ok) return claim;
        prove();
        Section? section = null;
        var read = await ReadAsync(fenced, name, found => section = found);
        if (read.Outcome is not Outcome.Ok || section is null) return read;
        var (id, count) = (Recorder.NextValue(), section.Count + 1);
        return await CallAsync(name, OperationAction.Write, [id, lease.FencingToken, count], async _ =>
        {
            await fenced.Store.SetAsync(Category, name, new Section(id, count));
            return Nothing;
        });
    }

    private Task<Operation> ReadAsync(IBluePlanState from, string name, Action<Section?> found) =>
        CallAsync(name, OperationAction.Read, [], async _ =>
    {
        var section = (await from.Store.GetAsync<Section>(Category, name))?.Value;
        found(section);
        return [section?.Id ?? 0];
    });
}
