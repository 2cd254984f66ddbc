using System.Diagnostics;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>The former master of a slot comes back after its replica took over. Nothing acknowledged since is lost, and no read goes behind it.</summary>
[TestFixture]
public sealed class FormerMasterTests
{
    private const int Partitions = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(6);
    // After what time a master that hangs is taken for dead.
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(2);
    private static readonly StateKey Key = new(0, StateShape.Document, "test", "one");
    private static readonly int Slot = HashTags.Slot(HashTags.Of(Key.Partition));

    public enum Failover
    {
        Planned,
        WhileItHangs,
    }

    [Test]
    public async Task EveryCall_FormerMasterComesBack_NothingAcknowledgedSinceIsLostOrUnseen([Values] Failover failover)
    {
        using var cluster = await TestServers.StartClusterAsync();
        await using var provider = new RedisStateProvider($"{cluster.Address},asyncTimeout=2000,connectTimeout=10000");
        await Poll.UntilAvailableAsync(() => provider.OpenAsync(Partitions, default).AsTask(), Limit);
        var former = await cluster.MasterOfAsync(Slot);
        var successor = cluster.Nodes[cluster.Nodes.ToList().IndexOf(former) + cluster.Nodes.Count / 2];
        var acknowledged = 1;
        await provider.CommitAsync(Put(acknowledged), default);
        (await former.CallAsync($"SET other:{{{HashTags.Of(Key.Partition)}}} 1\r\nWAIT 1 30000")).Should().Be("1");

        var hung = failover is Failover.WhileItHangs ? await HangAsync(cluster, former, successor) : null;
        if (hung is null) await successor.CallAsync("CLUSTER FAILOVER");
        await Poll.UntilAvailableAsync(() => provider.CommitAsync(Put(2), default).AsTask(), Limit);
        (acknowledged, var last) = (2, 2);
        if (hung is not null) await TestReplication.SignalAsync(former, "-CONT", hung);

        var reads = 0;
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Watched || await IsMasterAsync(former); await Task.Delay(5))
        {
            Stopwatch.GetElapsedTime(begun).Should().BeLessThan(Limit, "the former master hears of its successor");
            try
            {
                (await ReadAsync(provider)).Should().BeInRange(acknowledged, last);
                reads++;
                await provider.CommitAsync(Put(++last), default);
                acknowledged = last;
            }
            catch (StateUnavailableException)
            {
                // Refused or unknown: neither shows nor promises anything.
            }
        }

        await TestContext.Out.WriteLineAsync($"{reads} reads, {last} commits, {acknowledged} acknowledged last");
        reads.Should().BeGreaterThan(20);
        (await Poll.UntilAvailableAsync(() => ReadAsync(provider), Limit)).Should().BeInRange(acknowledged, last);
        (await cluster.MasterOfAsync(Slot)).Should().Be(successor);
    }

    /// <returns>The id of the process that hangs.</returns>
    private static async Task<string> HangAsync(TestCluster cluster, TestServer former, TestServer successor)
    {
        foreach (var node in cluster.Nodes.Where(node => node != former))
        {
            // What a busy machine keeps from answering for that long is not replaced.
            if (node != successor) await node.CallAsync("CONFIG SET cluster-replica-no-failover yes");
            await node.CallAsync($"CONFIG SET cluster-node-timeout {DeadAfter.TotalMilliseconds}");
        }
        var process = await TestReplication.ProcessOfAsync(former);
        await TestReplication.SignalAsync(former, "-STOP", process);
        await Poll.UntilAsync(() => IsMasterAsync(successor), Limit, "the replica takes over");
        return process;
    }

    private static async Task<bool> IsMasterAsync(TestServer node) => ReplicationFacts.Parse(await node.CallAsync("INFO replication"), isPrimary: true).IsPrimary;

    private static StateCommit Put(int value) => new(new PutDocument(Key, BitConverter.GetBytes(value)));

    private static async Task<int> ReadAsync(RedisStateProvider provider) => BitConverter.ToInt32((await provider.ReadAsync(new DocumentRead(Key)))!.Value.Span);
}
