namespace BluePlan.State.Consistency;

/// <summary>A cluster of three masters, each with a replica.</summary>
internal sealed class ClusterScenario(string name, string description, Func<ScenarioRun, ClusterNodes, Task> disturb, bool waits = true)
    : Scenario
{
    private ClusterNodes _nodes = null!;

    public override string Name => name;

    public override string Description => description;

    public override IReadOnlyList<int> MinReplicas => waits ? [0, 1] : [0];

    public override int LeastSeconds => 20;

    public override string? Missing => RedisNode.Program is null ? "redis-server is not on the PATH." : null;

    public override async Task<StorePlace> StartAsync(ScenarioRun run)
    {
        _nodes = run.Own(new ClusterNodes(run.Directory));
        await _nodes.StartAsync();
        return new(StorePlace.Redis, $"{_nodes.Cluster.Address},asyncTimeout=3000,connectTimeout=3000", run.Settings.MinReplicas);
    }

    public override Task DisturbAsync(ScenarioRun run) => disturb(run, _nodes);
}
