using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

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
    public async Task CommitAsync_MarkerIsLostAndDataIsNot_WhoKnowsTheStorePutsItBackAndWhoDoesNotRefuses()
    {
        using var server = await TestServers.StartRedisAsync();
        var log = new ErrorLog();
        await using var provider = new RedisStateProvider(server.ConnectionString, logger: log);
        await provider.OpenAsync(4, default);
        await provider.CommitAsync(new(new PutDocument(Key, new byte[] { 1 })), default);
        var store = await server.CallAsync("HGET bp:store store");

        // As when a replica takes over that had not yet heard of the marker.
        await server.CallAsync("DEL bp:store");
        await using var stranger = new RedisStateProvider(server.ConnectionString);
        await FluentActions.Awaiting(() => stranger.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateCorruptionException>();
        await provider.MaintainAsync(default);

        (await provider.ReadAsync(new DocumentRead(Key)))!.Value.ToArray().Should().Equal(1);
        (await server.CallAsync("HGET bp:store store")).Should().Be(store);
        (await server.CallAsync("HGET bp:store partitions")).Should().Be("4");
        log.Errors.Should().ContainSingle().Which.Should().Contain(store).And.Contain("lost");
        await stranger.OpenAsync(4, default);
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
