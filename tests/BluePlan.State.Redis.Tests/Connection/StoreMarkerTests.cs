using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class StoreMarkerTests
{
    private static readonly StateKey Key = new(0, StateShape.Document, "test", "one");

    [Test]
    public async Task OpenAsync_ManyProcessesOnANewStore_AllFindTheSame()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var harness = new RedisHarness();
            List<IStateProvider> providers = [await harness.CreateAsync()];
            while (providers.Count < 6) providers.Add(await harness.ReopenAsync());

            // Each writes as soon as it is open, while others still look whether the store is new.
            await Task.WhenAll(providers.Select((provider, i) => Task.Run(async () =>
            {
                await provider.OpenAsync(4, default);
                for (var n = 0; n < 20; n++) await provider.CommitAsync(new(new PutDocument(new(n % 4, StateShape.Document, "test", $"{i} {n}"), new byte[] { 1 })), default);
            })));

            (await providers[0].ReadAsync([.. Enumerable.Range(0, 6).Select(i => new DocumentRead(new(19 % 4, StateShape.Document, "test", $"{i} 19")))], default)).Should().NotContainNulls();
        }
    }

    [Test]
    public async Task OpenAsync_RestoreBeginsBehindItsLook_NothingIsWrittenUntilItEnds()
    {
        using var server = await TestServers.StartRedisAsync("--maxmemory", "500mb", "--maxmemory-policy", "allkeys-lru");
        await using (var first = new RedisStateProvider(server.ConnectionString)) await first.OpenAsync(4, default);
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        // The warning of that policy comes between the look and the end of opening. Time stands, so that no later look helps.
        var log = new CallbackLog(Restore);
        await using var provider = new RedisStateProvider(multiplexer, null, new FakeTimeProvider(), log);

        await provider.OpenAsync(4, default);

        log.Calls.Should().Be(1);
        await FluentActions.Awaiting(() => provider.CommitAsync(new(new PutDocument(Key, new byte[] { 1 })), default).AsTask()).Should().ThrowAsync<StateUnavailableException>().WithMessage("A restore*");
        await server.CallAsync("HDEL bp:store restoring");
        await provider.CommitAsync(new(new PutDocument(Key, new byte[] { 1 })), default);

        void Restore()
        {
            using var heard = new ManualResetEventSlim();
            multiplexer.GetSubscriber().Subscribe(RedisChannel.Literal("bp:store"), (_, _) => heard.Set());
            server.CallAsync("HSET bp:store restoring now\r\nPUBLISH bp:store x").GetAwaiter().GetResult();
            heard.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();
        }
    }

    [Test]
    public async Task OpenAsync_MarkerIsLostAndNobodyKnowsTheStore_IsRefused()
    {
        using var server = await TestServers.StartRedisAsync();
        await using (var owner = new RedisStateProvider(server.ConnectionString))
        {
            await owner.OpenAsync(4, default);
            await owner.CommitAsync(new(new PutDocument(Key, new byte[] { 1 })), default);
        }
        await server.CallAsync("DEL bp:store");

        await using var stranger = new RedisStateProvider(server.ConnectionString);
        (await FluentActions.Awaiting(() => stranger.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateCorruptionException>()).Which.Message.Should().Contain("bp:store");
    }

    [Test]
    public async Task OpenAsync_MarkerIsLostUnderAProcessThatKnowsTheStore_ThatOnePutsItBack([Values("DEL bp:store", "FLUSHALL")] string loss)
    {
        using var server = await TestServers.StartRedisAsync();
        var log = new ErrorLog();
        await using var owner = new RedisStateProvider(server.ConnectionString, logger: log);
        await owner.OpenAsync(4, default);
        await owner.CommitAsync(new(new PutDocument(Key, new byte[] { 1 })), default);
        var store = await server.CallAsync("HGET bp:store store");

        // As when a server is flushed, when it evicts, or when a replica takes over that had not yet heard of the marker.
        await server.CallAsync(loss);
        await owner.CommitAsync(new(new PutDocument(Key, new byte[] { 2 })), default);
        await using var newcomer = new RedisStateProvider(server.ConnectionString);
        await newcomer.OpenAsync(4, default);

        (await newcomer.ReadAsync(new DocumentRead(Key)))!.Value.ToArray().Should().Equal(2);
        (await server.CallAsync("HGET bp:store store")).Should().Be(store);
        (await server.CallAsync("HGET bp:store partitions")).Should().Be("4");
        log.Errors.Should().ContainSingle().Which.Should().Contain(store).And.Contain("lost");
    }

    [Test]
    public async Task Marker_LostUnderAProcessThatDoesNothing_IsBackSoon()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var owner = new RedisStateProvider(server.ConnectionString);
        await owner.OpenAsync(4, default);
        var store = await server.CallAsync("HGET bp:store store");

        await server.CallAsync("FLUSHALL");

        await Poll.UntilAsync(async () => await server.CallAsync("EXISTS bp:store") == "1", TimeSpan.FromSeconds(10), "it is looked at once a second");
        (await server.CallAsync("HGET bp:store store")).Should().Be(store);
    }

    [Test]
    public async Task CommitAsync_StoreWasFlushedAndMadeAnewByAnother_IsRefusedWhenPartitionsDiffer([Values(4, 8)] int partitions)
    {
        using var server = await TestServers.StartRedisAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        // Time stands still, so that only what the newcomer tells makes it look.
        await using var owner = new RedisStateProvider(server.ConnectionString, timeProvider: time);
        await owner.OpenAsync(4, default);
        await owner.CommitAsync(new(new PutDocument(Key, new byte[] { 1 })), default);

        await server.CallAsync("FLUSHALL");
        await using var newcomer = new RedisStateProvider(server.ConnectionString);
        await newcomer.OpenAsync(partitions, default);
        var store = await server.CallAsync("HGET bp:store store");
        var write = async () => await owner.CommitAsync(new(new PutDocument(Key, new byte[] { 2 })), default);

        if (partitions != 4)
            await Poll.UntilAsync(async () => await OutcomeAsync(write) is StateUnavailableException { InnerException: StateOpenException { Fault: StateOpenFault.PartitionCount }, Message: var message } && message.Contains("8 partitions", StringComparison.Ordinal), TimeSpan.FromSeconds(10), "its keys would lie elsewhere");
        else
            await write();
        (await server.CallAsync("HGET bp:store store")).Should().Be(store, "nobody changes what another made");
        (await server.CallAsync("HGET bp:store partitions")).Should().Be($"{partitions}");
    }

    private static async Task<Exception?> OutcomeAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (StateUnavailableException exception)
        {
            return exception;
        }
    }

    /// <summary>Calls back at the first warning.</summary>
    private sealed class CallbackLog(Action callback) : ILogger<RedisStateProvider>
    {
        public int Calls { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning && ++Calls == 1) callback();
        }
    }

    /// <summary>Keeps what is logged as an error.</summary>
    private sealed class ErrorLog : ILogger<RedisStateProvider>
    {
        public List<string> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error) Errors.Add(formatter(state, exception));
        }
    }
}
