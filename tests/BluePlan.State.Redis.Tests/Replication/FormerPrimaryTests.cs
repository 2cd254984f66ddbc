using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>A former primary stays reachable, or comes back, and takes itself for the primary still. Nothing is acknowledged by it, and nothing is read from it.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FormerPrimaryTests
{
    private const int Partitions = 4;
    private const int Writers = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    // After what time writes go to the new primary, or are refused.
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(1.5);
    private static readonly StateKey Key = new(1, StateShape.Document, "test", "one");

    private TestReplication _servers = null!;

    [TearDown]
    public void End() => _servers?.Dispose();

    public enum Connection
    {
        Own,
        Hosts,
    }

    [Test]
    public async Task CommitAsync_PlannedFailover_NothingIsAcknowledgedByTheFormerPrimary([Values] Connection connection)
    {
        _servers = await TestReplication.StartAsync(withSentinel: true);
        await using var store = await OpenAsync(connection);
        using var writers = new WriterCrowd(store.Provider);
        await writers.UntilAsync(static count => count > 200);

        await _servers.Sentinel!.CallAsync("SENTINEL FAILOVER chat");
        var asked = Stopwatch.GetTimestamp();
        await _servers.UntilSentinelNamesSecondAsync();
        var named = Stopwatch.GetTimestamp();
        // For about ten seconds from now on the former primary takes itself for the primary.
        await TestReplication.UntilReplicaAsync(_servers.First);
        await writers.UntilAsync(count => count > 200, since: Stopwatch.GetTimestamp());
        var written = await writers.EndAsync();

        var lost = await LostAsync(written, _servers.Second);
        await TestContext.Out.WriteLineAsync($"{written.Count} acknowledged, {lost.Count} lost, the last {(lost.Count == 0 ? 0 : Stopwatch.GetElapsedTime(asked, lost.Max(static w => w.Ended)).TotalMilliseconds):F0} ms after the failover was asked for; "
            + $"{written.Count(w => w.Begun > named)} acknowledged after the sentinel named the new primary");
        lost.Where(w => w.Begun > named + Notice.Ticks * (Stopwatch.Frequency / TimeSpan.TicksPerSecond)).Should().BeEmpty("the sentinel names another primary by then");
        lost.Count.Should().BeLessThan(written.Count / 20, "only the last moments can be lost");
    }

    [Test]
    public async Task CommitAsync_PrimaryDiesAndIsRestartedAfterTheFailover_NothingIsAcknowledgedByIt([Values] Connection connection)
    {
        _servers = await TestReplication.StartAsync(withSentinel: true);
        await using var store = await OpenAsync(connection);
        using var writers = new WriterCrowd(store.Provider);
        await writers.UntilAsync(static count => count > 200);
        var confirmed = Stopwatch.GetTimestamp();
        (await _servers.First.CallAsync("SET other 1\r\nWAIT 1 30000")).Should().Be("1", "the replica holds all that was acknowledged until then");

        _servers.First.Kill();
        var died = Stopwatch.GetTimestamp();
        await _servers.UntilSentinelNamesSecondAsync();
        await _servers.RestartFirstAsync();
        var returned = Stopwatch.GetTimestamp();
        await TestReplication.UntilReplicaAsync(_servers.First);
        await writers.UntilAsync(count => count > 200, since: Stopwatch.GetTimestamp());
        var written = await writers.EndAsync();

        var lost = await LostAsync(written, _servers.Second);
        await TestContext.Out.WriteLineAsync($"{written.Count} acknowledged, {written.Count(w => w.Begun > returned)} of them since the former primary is back, {lost.Count} lost");
        lost.Where(w => w.Ended < confirmed || w.Begun > died).Should().BeEmpty("the dead primary acknowledges nothing, and neither does the former one");
    }

    [Test]
    public async Task ReadAsync_FormerPrimaryComesBack_NeverGoesBehindAConfirmedCommit([Values] Connection connection)
    {
        _servers = await TestReplication.StartAsync(replicas: 2, withSentinel: true);
        await using var store = await OpenAsync(connection, minReplicas: 1);
        await store.Provider.CommitAsync(Put(1), default);

        _servers.First.Kill();
        await Poll.UntilAvailableAsync(() => store.Provider.CommitAsync(Put(2), default).AsTask(), Limit);
        await _servers.RestartFirstAsync();

        var reads = new List<byte>();
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(6); await Task.Delay(5))
        {
            try
            {
                reads.Add((await store.Provider.ReadAsync(new DocumentRead(Key)))!.Value.Span[0]);
            }
            catch (StateUnavailableException)
            {
                // Refused, which shows nothing old.
            }
        }
        reads.Should().HaveCountGreaterThan(20).And.OnlyContain(static value => value == 2);
    }

    [Test]
    public async Task CommitAsync_OperatorPromotesAReplica_FollowsItWhileTheFormerPrimaryStays([Values] Connection connection)
    {
        _servers = await TestReplication.StartAsync();
        await using var store = await OpenAsync(connection);
        await store.Provider.CommitAsync(Put(1), default);
        (await _servers.First.CallAsync("SET other 1\r\nWAIT 1 30000")).Should().Be("1");

        await _servers.Second.CallAsync("REPLICAOF NO ONE");
        await UntilWrittenToAsync(store.Provider, _servers.Second);
        await using var fresh = await OpenAsync(connection);
        await fresh.Provider.CommitAsync(Put(7), default);

        (await store.Provider.ReadAsync(new DocumentRead(Key)))!.Value.ToArray().Should().Equal(7);
        (await EpochAsync(_servers.Second)).Should().BeGreaterThan(await EpochAsync(_servers.First), "a former primary is known by a lower one");
        await _servers.First.CallAsync($"REPLICAOF 127.0.0.1 {_servers.Second.Port}");
        await TestReplication.UntilReplicaAsync(_servers.First);
        await Poll.UntilAvailableAsync(() => store.Provider.CommitAsync(Put(8), default).AsTask(), Limit);

        // And back again: the first one holds all that there is.
        (await _servers.Second.CallAsync("SET other 1\r\nWAIT 1 30000")).Should().Be("1");
        await _servers.First.CallAsync("REPLICAOF NO ONE");
        await UntilWrittenToAsync(store.Provider, _servers.First);
        (await EpochAsync(_servers.First)).Should().BeGreaterThan(await EpochAsync(_servers.Second), "each process that follows raises it");
    }

    [Test]
    public async Task EveryCall_FormerPrimaryComesBackWithoutSentinel_StaysWithTheSuccessor([Values] Connection connection)
    {
        _servers = await TestReplication.StartAsync();
        await using var store = await OpenAsync(connection);
        await store.Provider.CommitAsync(Put(1), default);
        _servers.First.Kill();
        await _servers.Second.CallAsync("REPLICAOF NO ONE");
        await Poll.UntilAvailableAsync(() => store.Provider.CommitAsync(Put(2), default).AsTask(), Limit);

        await _servers.RestartFirstAsync();
        var reads = new List<byte>();
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(6); await Task.Delay(5)) reads.Add((await Poll.UntilAvailableAsync(() => ReadAsync(store.Provider), Limit))[0]);
        reads.Should().OnlyContain(static value => value == 2);
        await using var fresh = await OpenAsync(connection);
        (await ReadAsync(fresh.Provider)).Should().Equal([2], "the epoch of the successor's marker is higher");

        // Its successor is gone, and the former primary lacks what was confirmed: nothing is read from it.
        _servers.Second.Kill();
        var refused = await RefusedAsync(() => ReadAsync(store.Provider));
        refused.MayHaveBeenWritten.Should().BeFalse();
        (await RefusedAsync(() => store.Provider.CommitAsync(Put(3), default).AsTask())).MayHaveBeenWritten.Should().BeFalse();
        // Unless an operator says so.
        await Poll.UntilAsync(async () => (await FluentActions.Awaiting(() => ReadAsync(store.Provider)).Should().ThrowAsync<StateUnavailableException>()).Which.Message.Contains("HSET bp:store epoch", StringComparison.Ordinal), Limit, "it says what to do");
        await _servers.First.CallAsync("HSET bp:store epoch 9");
        (await Poll.UntilAvailableAsync(() => ReadAsync(store.Provider), Limit)).Should().Equal(1);
    }

    [Test]
    public async Task EveryCall_PrimaryHangsThroughAFailoverAndGoesOn_WhatItAnswersDoesNotCount([Values] Connection connection)
    {
        _servers = await TestReplication.StartAsync(withSentinel: true);
        await using var store = await OpenAsync(connection);
        await store.Provider.CommitAsync(Put(1), default);
        (await _servers.First.CallAsync("SET other 1\r\nWAIT 1 30000")).Should().Be("1");
        var process = await TestReplication.ProcessOfAsync(_servers.First);
        await TestReplication.SignalAsync(_servers.First, "-STOP", process);
        try
        {
            var waiting = store.Provider.CommitAsync(Put(2), default).AsTask();
            await _servers.UntilSentinelNamesSecondAsync();
            await Poll.UntilAvailableAsync(() => store.Provider.CommitAsync(Put(3), default).AsTask(), Limit);
            await TestReplication.SignalAsync(_servers.First, "-CONT", process);

            (await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<StateUnavailableException>("its answer comes too late, or never")).Which.MayHaveBeenWritten.Should().BeTrue();
            for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(3); await Task.Delay(5)) (await Poll.UntilAvailableAsync(() => ReadAsync(store.Provider), Limit)).Should().Equal(3);
        }
        finally
        {
            await TestReplication.SignalAsync(_servers.First, "-CONT", process);
        }
    }

    [Test]
    public async Task EveryCall_TwoPrimariesThatNothingTellsApart_IsRefusedUntilOneRemains([Values] Connection connection)
    {
        using var one = await TestServers.StartRedisAsync();
        using var two = await TestServers.StartRedisAsync();
        await using var store = new Store($"{one.Address},{two.Address},asyncTimeout=4000,connectTimeout=4000", connection, 0);
        var refused = (await FluentActions.Awaiting(() => store.OpenAsync()).Should().ThrowAsync<StateUnavailableException>()).Which;
        refused.MayHaveBeenWritten.Should().BeFalse();
        refused.Message.Should().Contain(one.Address).And.Contain(two.Address).And.Contain("REPLICAOF");

        await two.CallAsync($"REPLICAOF 127.0.0.1 {one.Port}");
        await Poll.UntilAvailableAsync(() => store.OpenAsync(), Limit);
        await store.Provider.CommitAsync(Put(1), default);

        (await one.CallAsync("EXISTS bp:store")).Should().Be("1");
    }

    private static StateCommit Put(byte value) => new(new PutDocument(Key, new[] { value }));

    private static async Task<byte[]> ReadAsync(RedisStateProvider provider) => (await provider.ReadAsync(new DocumentRead(Key)))!.Value.ToArray();

    /// <summary>The epoch of the store's marker, which has none before the first failover.</summary>
    private static async Task<long> EpochAsync(TestServer server) => long.Parse(await server.CallAsync("EVAL \"return redis.call('HGET', 'bp:store', 'epoch') or '0'\" 0"), CultureInfo.InvariantCulture);

    private async Task<Store> OpenAsync(Connection connection, int minReplicas = 0)
    {
        var store = new Store(_servers.ConnectionString, connection, minReplicas);
        await Poll.UntilAvailableAsync(store.OpenAsync, Limit);
        return store;
    }

    /// <summary>Waits until writes go to a server, and none of them is acknowledged by another one meanwhile but for a moment.</summary>
    private static async Task UntilWrittenToAsync(RedisStateProvider provider, TestServer server)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var n = 0; ; n++)
        {
            var key = new StateKey(1, StateShape.Document, "test", $"to {server.Port} {n}");
            await Poll.UntilAvailableAsync(() => provider.CommitAsync(new(new PutDocument(key, new byte[] { 1 })), default).AsTask(), Limit);
            if (await server.CallAsync($"EXISTS \"bp:{{{HashTags.Of(1)}}}:d:test:to {server.Port} {n}\"") == "1") break;
            Stopwatch.GetElapsedTime(begun).Should().BeLessThan(TimeSpan.FromSeconds(3), "the promotion is noticed");
        }
    }

    private static async Task<StateUnavailableException> RefusedAsync<T>(Func<Task<T>> call)
    {
        StateUnavailableException? refused = null;
        await Poll.UntilAsync(async () =>
        {
            try
            {
                await call();
            }
            catch (StateUnavailableException exception) when (!exception.MayHaveBeenWritten)
            {
                refused = exception;
            }
            catch (StateUnavailableException)
            {
                // It was on its way when the connection broke.
            }
            return refused is not null;
        }, Limit);
        return refused!;
    }

    private static async Task<List<Write>> LostAsync(IReadOnlyCollection<Write> written, TestServer primary)
    {
        await using var reader = new RedisStateProvider(primary.ConnectionString);
        await reader.OpenAsync(Partitions, default);
        var lost = new List<Write>();
        foreach (var part in written.Chunk(500))
            lost.AddRange(part.Zip(await reader.ReadAsync([.. part.Select(static write => new DocumentRead(write.Key))], default)).Where(static pair => pair.Second is null).Select(static pair => pair.First));
        return lost;
    }

    private sealed record Write(StateKey Key, long Begun, long Ended);

    /// <summary>A store, on a connection of its own or on one of the host's.</summary>
    private sealed class Store(string connectionString, Connection connection, int minReplicas) : IAsyncDisposable
    {
        private IConnectionMultiplexer? _multiplexer;

        public RedisStateProvider Provider { get; private set; } = null!;

        public async Task OpenAsync()
        {
            var options = new RedisStateOptions { MinReplicas = minReplicas };
            if (connection is Connection.Hosts && _multiplexer is null) _multiplexer = await ConnectionMultiplexer.ConnectAsync(connectionString);
            Provider ??= _multiplexer is { } hosts ? new(hosts, options) : new(connectionString, options);
            await Provider.OpenAsync(Partitions, default);
        }

        public async ValueTask DisposeAsync()
        {
            if (Provider is not null) await Provider.DisposeAsync();
            if (_multiplexer is not null) await _multiplexer.DisposeAsync();
        }
    }

    /// <summary>Writes new keys all the time, and remembers those that were acknowledged.</summary>
    private sealed class WriterCrowd : IDisposable
    {
        private readonly CancellationTokenSource _end = new(Limit * 2);
        private readonly ConcurrentQueue<Write> _written = new();
        private readonly Task[] _writers;

        public WriterCrowd(RedisStateProvider provider) => _writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; !_end.IsCancellationRequested; n++)
            {
                var key = new StateKey(n % Partitions, StateShape.Document, "test", $"{writer} {n}");
                var begun = Stopwatch.GetTimestamp();
                try
                {
                    await provider.CommitAsync(new(new PutDocument(key, new byte[] { 1 })), default);
                    _written.Enqueue(new(key, begun, Stopwatch.GetTimestamp()));
                }
                catch (StateUnavailableException)
                {
                    // Refused or unknown: not acknowledged.
                }
                await Task.Delay(2);
            }
        }))];

        public Task UntilAsync(Func<int, bool> enough, long since = 0) => Poll.UntilAsync(() => Task.FromResult(enough(_written.Count(write => write.Begun > since))), Limit, "writes are acknowledged");

        public async Task<IReadOnlyList<Write>> EndAsync()
        {
            await _end.CancelAsync();
            await Task.WhenAll(_writers);
            return [.. _written];
        }

        public void Dispose() => _end.Dispose();
    }
}
