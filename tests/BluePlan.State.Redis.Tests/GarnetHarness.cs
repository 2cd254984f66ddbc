using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>The same on Garnet, with scripts as transactions: without that they interleave, and no store is possible.</summary>
public sealed class GarnetHarness : RedisHarness
{
    private static readonly Lazy<Task<IConnectionMultiplexer>> Connection = new(async () => await ConnectAsync((await TestServers.GarnetAsync()).ConnectionString));

    protected override Task<IConnectionMultiplexer> HostConnectionAsync() => Connection.Value;
}
