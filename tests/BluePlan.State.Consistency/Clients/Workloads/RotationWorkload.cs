using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;

namespace BluePlan.State.Consistency;

/// <summary>Sessions that get new ids, again if the outcome is unknown, and are ended.</summary>
/// <remarks>
/// Two sets tell of them. One has the ids: a rotation removes one and adds another, and an id that is dead stays dead. The other has what
/// the sessions carry, which outlives rotations. It is listed only by the new process in the end, since a listing beside a rotation may
/// have the session or not.
/// </remarks>
internal sealed class RotationWorkload(IBluePlanState state, Recorder recorder) : Workload(state, recorder)
{
    private const string CarriedPrefix = "vc";
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Login>> _alive = new(), _dead = new();

    public override ModelKind Model => ModelKind.Set;

    public override string Prefix => "v";

    public override async Task<Operation> StepAsync(string name, Random random)
    {
        var alive = _alive.GetOrAdd(name, static _ => new());
        switch (random.Next(8))
        {
            case < 2:
                return await CreateAsync(name, alive);
            case < 5 when alive.TryDequeue(out var login):
                return await UntilAnsweredAsync(() => RotateAsync(name, login, alive));
            case 5 when alive.TryDequeue(out var login):
                _dead.GetOrAdd(name, static _ => new()).Enqueue(login);
                return await UntilAnsweredAsync(() => EndAsync(name, login));
            default:
                return await ReadAsync(name);
        }
    }

    /// <summary>Asks for an id that this process had or has. A process that knows none lists what the sessions carry.</summary>
    public override async Task<Operation> ReadAsync(string name)
    {
        if (name.StartsWith(CarriedPrefix, StringComparison.Ordinal))
            return await CallAsync(name, OperationAction.Read, [], async _ => await ListAsync(name));
        var known = Recorder.NextValue() % 2 == 0 ? _dead : _alive;
        if (!known.TryGetValue(name, out var queue) || !queue.TryDequeue(out var login)) login = new(0, 0, await State.Sessions.GetIdAsync(name, "0"));
        // The next one then.
        else queue.Enqueue(login);
        return await CallAsync(name, OperationAction.Contains, [login.Number],
            async _ => [await State.Sessions.PeekAsync<Cargo>(login.Id) is null ? 0 : 1]);
    }

    private async Task<Operation> CreateAsync(string name, ConcurrentQueue<Login> alive)
    {
        var number = Recorder.NextValue();
        var host = number.ToString(CultureInfo.InvariantCulture);
        var login = new Login(number, number, await State.Sessions.GetIdAsync(name, host));
        var create = await BothAsync(name, OperationAction.Add, login, async () =>
        {
            await State.Sessions.CreateAsync(name, new Cargo(number), new() { HostSessionId = host });
            return [];
        });
        if (create.Outcome is Outcome.Ok) alive.Enqueue(login);
        return create;
    }

    private async Task<Operation> RotateAsync(string name, Login login, ConcurrentQueue<Login> alive)
    {
        string? rotated = null;
        var rotate = await CallAsync(name, OperationAction.Remove, [login.Number],
            async _ => [(rotated = await State.Sessions.RotateAsync(login.Id)) is null ? 0 : 1]);
        if (rotate.Outcome is Outcome.Ok or Outcome.Unknown && !_dead.GetOrAdd(name, static _ => new()).Contains(login))
            _dead[name].Enqueue(login);
        if (rotated is null) return rotate;
        var next = new Login(Recorder.NextValue(), login.Carried, rotated);
        Recorder.Note(Model, name, OperationAction.Add, [next.Number], [], rotate.Begun, rotate.Ended);
        alive.Enqueue(next);
        return rotate;
    }

    private Task<Operation> EndAsync(string name, Login login) => BothAsync(name, OperationAction.Remove, login,
        async () => [await State.Sessions.DeleteAsync(login.Id) ? 1 : 0]);

    private static async Task<Operation> UntilAnsweredAsync(Func<Task<Operation>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            var done = await call();
            if (done.Outcome is Outcome.Ok || attempt == 5) return done;
            await Task.Delay(50 * attempt);
        }
    }

    // Both are written down before the call begins: the process may be killed at any moment.
    private Task<Operation> BothAsync(string name, OperationAction action, Login login, Func<Task<IReadOnlyList<long>>> call) =>
        CallAsync(name, action, [login.Number], async _ =>
        {
            ExceptionDispatchInfo? failure = null;
            var carried = await CallAsync(CarriedPrefix + name[Prefix.Length..], action, [login.Carried], async _ =>
            {
                try
                {
                    return await call();
                }
                catch (Exception exception)
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                    throw;
                }
            });
            failure?.Throw();
            return carried.Output;
        });

    private async Task<IReadOnlyList<long>> ListAsync(string name)
    {
        var members = new List<long>();
        string? next = null;
        do
        {
            var page = await State.Sessions.ListAsync<Cargo>(Prefix + name[CarriedPrefix.Length..], 200, next);
            members.AddRange(page.Items.Select(static session => session.Data!.Value));
            next = page.Next;
        }
        while (next is not null);
        return members;
    }

    /// <param name="Number">Of the id.</param>
    /// <param name="Carried">What the session has, through all rotations.</param>
    /// <param name="Id">The session's id now.</param>
    private sealed record Login(long Number, long Carried, string Id);
}
