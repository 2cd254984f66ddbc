using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>The replication id of a primary without replicas changes when the first one attaches. It stays the same primary.</summary>
[TestFixture]
public sealed class FirstReplicaTests
{
    private const int Callers = 32;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test]
    public async Task EveryCall_FirstReplicaAttaches_NoneFails()
    {
        using var primary = await TestServers.StartRedisAsync("--repl-diskless-sync-delay", "0");
        await using var provider = new RedisStateProvider(primary.ConnectionString);
        await provider.OpenAsync(4, default);
        var before = await IdAsync(primary);
        using var end = new CancellationTokenSource(Limit);
        var calls = 0;
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var key = new StateKey(caller % 4, StateShape.Document, "test", $"{caller}");
            while (!end.IsCancellationRequested)
            {
                await provider.CommitAsync(new(new PutDocument(key, new byte[] { 1 })), default);
                Interlocked.Increment(ref calls);
            }
        })).ToArray();

        using var replica = await TestServers.StartRedisAsync("--replicaof", "127.0.0.1", $"{primary.Port}");
        await TestReplication.UntilReplicaAsync(replica);
        (await IdAsync(primary)).Should().NotBe(before, "otherwise there is nothing to notice");
        // It looks at the server, while calls are on their way.
        await provider.MaintainAsync(default);
        var looked = Volatile.Read(ref calls);
        await Poll.UntilAsync(() => Task.FromResult(Volatile.Read(ref calls) > looked + Callers || Array.Exists(callers, static caller => caller.IsFaulted)), Limit, "calls go on");
        await end.CancelAsync();

        await FluentActions.Awaiting(() => Task.WhenAll(callers)).Should().NotThrowAsync();
    }

    private static async Task<string> IdAsync(TestServer server) =>
        ReplicationFacts.Parse(await server.CallAsync("INFO replication"), isPrimary: true).Id;
}
