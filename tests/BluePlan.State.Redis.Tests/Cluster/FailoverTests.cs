using System.Collections.Concurrent;
using System.Diagnostics;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>A master dies while many write, and its replica takes over: in a cluster by itself, else by a sentinel.</summary>
[TestFixture]
public sealed class FailoverTests
{
    private const int Partitions = 32;
    private const int Writers = 64;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    // After what time a master that is not heard is taken for dead. It is set when one has died: before, nobody of a busy machine's shall be.
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(2);
    // The client looks for commands that have waited too long once a second.
    private static readonly TimeSpan CallLimit = CallTimeout + TimeSpan.FromSeconds(3);
    // Calls are timed by moments of this length that pass while the process runs: how long the machine stands still is not their fault.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private sealed record Write(StateKey Key, bool Acknowledged, bool MayBeThere, long Begun, long Ended, TimeSpan Lasted);

    [Test]
    public async Task CommitAsync_MasterOfAClusterDies_EveryWriteIsAccountedForAndWritersRecover()
    {
        using var cluster = await TestServers.StartClusterAsync();
        await using var provider = await OpenAsync(cluster.Address);
        var victim = cluster.Nodes[0];
        int[] lost = [.. await PartitionsOfAsync(cluster, victim)];

        await AccountAsync(provider, lost, victim, async () =>
        {
            // Whom a busy machine keeps from answering for that long is not replaced.
            foreach (var other in cluster.Nodes.Skip(cluster.Nodes.Count / 2 + 1)) await other.CallAsync("CONFIG SET cluster-replica-no-failover yes");
            await cluster.SetNodeTimeoutAsync(DeadAfter);
        });
    }

    [Test]
    public async Task CommitAsync_PrimaryUnderSentinelDies_EveryWriteIsAccountedForAndWritersRecover()
    {
        using var primary = await TestServers.StartRedisAsync();
        using var replica = await TestServers.StartRedisAsync("--replicaof", "127.0.0.1", $"{primary.Port}", "--repl-diskless-sync-delay", "0");
        await Poll.UntilAsync(async () => (await replica.CallAsync("INFO replication")).Contains("master_link_status:up", StringComparison.Ordinal), Limit, "the replica connects");
        using var sentinel = await TestServers.StartSentinelAsync("chat", primary);
        // It promotes only a replica that it has heard of.
        await Poll.UntilAsync(async () => (await sentinel.CallAsync("INFO sentinel")).Contains("slaves=1", StringComparison.Ordinal), Limit, "the sentinel finds the replica");
        await using var provider = await OpenAsync($"{sentinel.Address},serviceName=chat");

        await AccountAsync(provider, [.. Enumerable.Range(0, Partitions)], primary, () => sentinel.CallAsync($"SENTINEL SET chat down-after-milliseconds {DeadAfter.TotalMilliseconds}"));
    }

    private static async Task<RedisStateProvider> OpenAsync(string address)
    {
        var provider = new RedisStateProvider($"{address},asyncTimeout={CallTimeout.TotalMilliseconds},connectTimeout=10000");
        await Poll.UntilAvailableAsync(() => provider.OpenAsync(Partitions, default).AsTask(), Limit);
        return provider;
    }

    // On a busy machine also who is not dead may be taken for it, for a moment.
    private static Task<IReadOnlyList<StateContent?>> ReadAsync(RedisStateProvider provider, StateRead[] reads) => Poll.UntilAvailableAsync(() => provider.ReadAsync(reads, default).AsTask(), Limit);

    private static async Task AccountAsync(RedisStateProvider provider, int[] lost, TestServer victim, Func<Task> missAsync)
    {
        using var end = new CancellationTokenSource(Limit);
        using var clock = new PeriodicTimer(Moment);
        var moments = 0L;
        var counting = Task.Run(async () =>
        {
            while (await clock.WaitForNextTickAsync()) Interlocked.Increment(ref moments);
        });
        var writes = new ConcurrentQueue<Write>();
        long died = long.MaxValue;
        var recovered = new ConcurrentDictionary<int, bool>();
        var (enough, all) = (new TaskCompletionSource(), new TaskCompletionSource());
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; !end.IsCancellationRequested && !all.Task.IsCompleted; n++)
            {
                // By a command and by a script in turn.
                var key = new StateKey((writer + n) % Partitions, n % 3 == 0 ? StateShape.Document : StateShape.Log, "test", $"{writer} {n}");
                var (begun, since) = (Stopwatch.GetTimestamp(), Interlocked.Read(ref moments));
                var (acknowledged, mayBeThere) = (true, true);
                try
                {
                    await provider.CommitAsync(new(key.Shape is StateShape.Document ? new PutDocument(key, new byte[] { 1 }) : new AppendEntries(key, [new(new byte[] { 1 })])), default);
                }
                catch (StateUnavailableException exception)
                {
                    (acknowledged, mayBeThere) = (false, exception.MayHaveBeenWritten);
                }
                writes.Enqueue(new(key, acknowledged, mayBeThere, begun, Stopwatch.GetTimestamp(), Moment * (Interlocked.Read(ref moments) - since)));
                // Who is refused at once tries again a little later.
                if (!acknowledged) await Task.Delay(5);
                if (writes.Count > 5_000) enough.TrySetResult();
                if (acknowledged && begun > Volatile.Read(ref died) && recovered.TryAdd(key.Partition, true) && recovered.Count == Partitions) all.TrySetResult();
            }
        })).ToArray();

        await enough.Task.WaitAsync(Limit);
        var confirmed = Stopwatch.GetTimestamp();
        (await victim.CallAsync($"SET other:{{{HashTags.Of(lost[0])}}} 1\r\nWAIT 1 30000")).Should().Be("1", "the replica holds all that was acknowledged until then");
        victim.Kill();
        Volatile.Write(ref died, Stopwatch.GetTimestamp());
        await missAsync();
        await all.Task.WaitAsync(Limit);
        await Task.WhenAll(writers);
        clock.Dispose();
        await counting;
        await TestContext.Out.WriteLineAsync($"every partition took writes again after {Stopwatch.GetElapsedTime(died).TotalMilliseconds:F0} ms");

        Write[] account = [.. writes];
        var found = new List<StateContent?>();
        foreach (var part in account.Chunk(500)) found.AddRange(await ReadAsync(provider, [.. part.Select(static write => write.Key.Shape is StateShape.Document ? (StateRead)new DocumentRead(write.Key) : new LogRead(write.Key))]));
        var there = account.Zip(found, static (write, content) => (Write: write, IsThere: content is not null)).ToArray();
        await TestContext.Out.WriteLineAsync($"{account.Length} writes: {account.Count(static w => w.Acknowledged)} acknowledged, {account.Count(static w => !w.MayBeThere)} refused for certain, "
            + $"{account.Count(static w => !w.Acknowledged && w.MayBeThere)} unknown; acknowledged and gone: {there.Count(static w => w.Write.Acknowledged && !w.IsThere)}");
        there.Where(static w => !w.Write.MayBeThere && w.IsThere).Should().BeEmpty("what was certainly not written is not there");
        there.Where(w => w.Write.Acknowledged && !w.IsThere && !(lost.Contains(w.Write.Key.Partition) && w.Write.Ended > confirmed && w.Write.Begun < died))
            .Should().BeEmpty("only what the dead master acknowledged after its replica had confirmed everything can be lost");
        account.Where(static w => !w.Acknowledged).Should().NotBeEmpty("the partitions of a dead master cannot be written");
        account.Where(static w => !w.MayBeThere).Should().NotBeEmpty("while there is no connection, nothing is sent");
        account.Where(static w => w.Lasted > CallLimit).Should().BeEmpty("calls end within the timeout");
    }

    private static async Task<List<int>> PartitionsOfAsync(TestCluster cluster, TestServer master)
    {
        var partitions = new List<int>();
        for (var partition = 0; partition < Partitions; partition++)
            if (await cluster.MasterOfAsync(HashTags.Slot(HashTags.Of(partition))) == master) partitions.Add(partition);
        return partitions;
    }
}
