using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>The same on the shared cluster: the partitions of a store lie on different masters.</summary>
public sealed class ClusterHarness : RedisHarness
{
    private static readonly Lazy<Task<IConnectionMultiplexer>> Connection = new(async () => await ConnectAsync((await TestServers.ClusterAsync()).ConnectionString));

    protected override Task<IConnectionMultiplexer> HostConnectionAsync() => Connection.Value;
}
