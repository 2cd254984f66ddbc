using System.Diagnostics;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>A replica may not have heard of the last writes, so nobody reads from it, also while the primary is away.</summary>
[TestFixture]
public sealed class StaleReadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly StateKey Document = new(0, StateShape.Document, "test", "one");
    private static readonly StateKey Map = new(0, StateShape.Map, "test", "one");
    private static readonly StateKey Log = new(0, StateShape.Log, "test", "one");
    private static readonly StateKey Index = new(0, StateShape.Index, "test", "one");
    private static readonly StateRead[] Reads =
    [
        new DocumentRead(Document),
        new DocumentRead(Document, StateExpiry.Keep),
        new DocumentRead(Document, StateExpiry.Sliding(TimeSpan.FromHours(1))),
        new DocumentRead(Document, StateExpiry.Sliding(TimeSpan.FromHours(1)), headOnly: true),
        new MapRead(Map),
        new MapRead(Map, ["f"]),
        new LogRead(Log),
        new LogRead(Log, ["a"]),
        new IndexRead(Index),
        new IndexRead(Index, ["m"]),
        new UnionRead([Index], 1),
    ];

    [Test]
    public async Task ReadAsync_OnlyTheReplicaIsLeft_FailsInsteadOfShowingWhatItHolds()
    {
        using var primary = await TestServers.StartRedisAsync();
        using var replica = await TestServers.StartRedisAsync("--replicaof", "127.0.0.1", $"{primary.Port}", "--repl-diskless-sync-delay", "0");
        await using var provider = new RedisStateProvider($"{primary.Address},{replica.ConnectionString}");
        await provider.OpenAsync(4, default);
        await provider.CommitAsync(new(new PutDocument(Document, new byte[] { 1 }), new SetFields(Map, [new("f", new(new byte[] { 1 }))]), new AppendEntries(Log, [new(new byte[] { 1 }, "a")]), new SetScores(Index, [new("m", 1)])), default);
        (await primary.CallAsync("SET other 1\r\nWAIT 1 30000")).Should().Be("1", "the replica holds all of it");
        (await provider.ReadAsync(Reads, default)).Should().NotContainNulls();

        primary.Kill();

        foreach (var read in Reads) (await OutcomeAsync(provider, read)).Should().BeNull($"{read} would be stale");
        (await replica.CallAsync("INFO replication")).Should().Contain("role:slave");
    }

    /// <summary>What a read shows once the client has seen that the primary is gone; null when it fails.</summary>
    private static async Task<StateContent?> OutcomeAsync(RedisStateProvider provider, StateRead read)
    {
        for (var begun = Stopwatch.GetTimestamp(); ; await Task.Delay(10))
        {
            try
            {
                return await provider.ReadOneAsync(read, default);
            }
            catch (StateUnavailableException exception) when (exception.InnerException is RedisConnectionException { CommandStatus: CommandStatus.WaitingToBeSent } || exception.Message.Contains("all servers that answer are replicas", StringComparison.Ordinal))
            {
                return null;
            }
            catch (StateUnavailableException) when (Stopwatch.GetElapsedTime(begun) < Limit)
            {
                // It was on its way when the primary died.
            }
        }
    }
}
