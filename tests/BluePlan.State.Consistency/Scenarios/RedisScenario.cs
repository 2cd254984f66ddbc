using BluePlan.State.Redis.Tests;

namespace BluePlan.State.Consistency;

/// <summary>
/// One Redis server behind a proxy, with one fault again and again. It writes every command to disk before it answers, so it may be killed.
/// </summary>
internal sealed class RedisScenario(string name, string description, Func<ScenarioRun, RedisNode, TcpProxy, Task>? disturb = null) : Scenario
{
    private RedisNode _node = null!;
    private TcpProxy _proxy = null!;

    /// <summary>Starts another server than that.</summary>
    public Func<ScenarioRun, Task<RedisNode>>? Start { get; init; }

    /// <summary>Says why the other server cannot run here.</summary>
    public Func<string?>? StartMissing { get; init; }

    public override string Name => name;

    public override string Description => description;

    public override int LeastSeconds => disturb is null ? 3 : 10;

    public override string? Missing => StartMissing is not null ? StartMissing() : RedisNode.Program is null ? "redis-server is not on the PATH." : null;

    public override async Task<StorePlace> StartAsync(ScenarioRun run)
    {
        var start = Start?.Invoke(run) ?? RedisNode.StartAsync(run.Directory, "--appendonly", "yes", "--appendfsync", "always");
        _node = run.Own(await start);
        _proxy = run.Own(new TcpProxy(TestServer.FreePort(), _node.Port));
        return new(StorePlace.Redis, $"127.0.0.1:{_proxy.Port},asyncTimeout=3000,connectTimeout=3000");
    }

    public override Task DisturbAsync(ScenarioRun run) => disturb is null ? run.RestAsync() : disturb(run, _node, _proxy);
}
