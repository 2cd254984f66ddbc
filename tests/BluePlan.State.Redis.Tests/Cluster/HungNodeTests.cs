using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>A node of a cluster that hangs delays no call that does not need it.</summary>
[TestFixture]
public sealed class HungNodeTests
{
    private const int Partitions = 32;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test]
    public async Task CommitAsync_AfterACallForALookWhileAnotherNodeHangs_IsDone()
    {
        using var cluster = await TestServers.StartClusterAsync();
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString);
        // Time stands, so that what waits for the node, by the provider's own limits, waits for ever.
        await using var provider = new RedisStateProvider(multiplexer, null, new FakeTimeProvider(DateTimeOffset.UtcNow));
        await Poll.UntilAvailableAsync(() => provider.OpenAsync(Partitions, default).AsTask(), Limit);
        var (heard, channel) = (new SemaphoreSlim(0), RedisChannel.Literal("bp:store"));
        await multiplexer.GetSubscriber().SubscribeAsync(channel, (_, _) => heard.Release());
        var needed = new[] { await cluster.MasterOfAsync(multiplexer.HashSlot("bp:store")), NodeOf(cluster, multiplexer.GetSubscriber().SubscribedEndpoint(channel)!.ToString()!) };
        var hung = cluster.Nodes.Take(3).Except(needed).First();
        var partition = await Enumerable.Range(0, Partitions).ToAsyncEnumerable().FirstAsync(async (p, _) => await cluster.MasterOfAsync(HashTags.Slot(HashTags.Of(p))) != hung);
        var process = await TestReplication.ProcessOfAsync(hung);

        await TestReplication.SignalAsync(hung, "-STOP", process);
        try
        {
            for (var i = 0; i < 10; i++)
            {
                await needed[0].CallAsync("PUBLISH bp:store x");
                (await heard.WaitAsync(Limit)).Should().BeTrue();
                await provider.CommitAsync(new(new PutDocument(new(partition, StateShape.Document, "test", "one"), new byte[] { 1 })), default).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            }
        }
        finally
        {
            await TestReplication.SignalAsync(hung, "-CONT", process);
        }
    }

    /// <summary>The master at an address, or that of the replica there.</summary>
    private static TestServer NodeOf(TestCluster cluster, string address)
    {
        var at = cluster.Nodes.ToList().FindIndex(node => address.EndsWith($":{node.Port}", StringComparison.Ordinal));
        return cluster.Nodes[at % 3];
    }
}
