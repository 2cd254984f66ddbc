using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>Stores on the shared redis-server, each under a prefix of its own. The first provider of a store is on a connection of the host's, every further one on a connection of its own.</summary>
public class RedisHarness : StateProviderHarness
{
    private static readonly Lazy<Task<IConnectionMultiplexer>> Connection = new(async () => await ConnectAsync((await TestServers.RedisAsync()).ConnectionString));
    private static int _stores;

    private readonly List<IStateProvider> _providers = [];
    private string _prefix = "";

    /// <summary>Server and tests are on one machine, so they share its clock.</summary>
    public override TimeProvider Time => TimeProvider.System;

    public override TimeSpan Tick => TimeSpan.FromMilliseconds(300);

    public override bool CanReopen => true;

    public override async ValueTask<IStateProvider> CreateAsync()
    {
        var connection = await HostConnectionAsync();
        _prefix = $"t{Interlocked.Increment(ref _stores)}";
        return Keep(new RedisStateProvider(connection, new() { KeyPrefix = _prefix }));
    }

    public override async ValueTask<IStateProvider> ReopenAsync() =>
        Keep(new RedisStateProvider((await HostConnectionAsync()).Configuration, new() { KeyPrefix = _prefix }));

    /// <summary>Waits, since a server's clock cannot be advanced: this is the one place where tests wait for time.</summary>
    protected override async ValueTask PassAsync(TimeSpan by)
    {
        var server = (await HostConnectionAsync()).GetServers()[0];
        var end = await server.TimeAsync() + by;
        for (var now = await server.TimeAsync(); now < end; now = await server.TimeAsync()) await Task.Delay(end - now + TimeSpan.FromMilliseconds(1));
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var provider in _providers) await provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual Task<IConnectionMultiplexer> HostConnectionAsync() => Connection.Value;

    private protected static async Task<IConnectionMultiplexer> ConnectAsync(string connectionString) => await ConnectionMultiplexer.ConnectAsync(connectionString);

    private RedisStateProvider Keep(RedisStateProvider provider)
    {
        _providers.Add(provider);
        return provider;
    }
}
