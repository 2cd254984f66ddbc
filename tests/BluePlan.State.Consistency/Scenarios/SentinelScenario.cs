namespace BluePlan.State.Consistency;

/// <summary>A primary with replicas under a sentinel, with one kind of failover again and again.</summary>
internal sealed class SentinelScenario(string name, string description, Func<ScenarioRun, SentinelGroup, Task> disturb) : Scenario
{
    private SentinelGroup _group = null!;

    public override string Name => name;

    public override string Description => description;

    public override IReadOnlyList<int> MinReplicas => [0, 1];

    public override int LeastSeconds => 25;

    public override string? Missing => RedisNode.Program is null ? "redis-server is not on the PATH." : null;

    public override async Task<StorePlace> StartAsync(ScenarioRun run)
    {
        _group = run.Own(await SentinelGroup.StartAsync(run.Directory, Math.Max(1, run.Settings.MinReplicas)));
        return new(StorePlace.Redis, _group.ConnectionString, run.Settings.MinReplicas);
    }

    public override Task DisturbAsync(ScenarioRun run) => disturb(run, _group);
}
