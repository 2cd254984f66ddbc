using System.Collections.Concurrent;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UseRedisTests
{
    private readonly LogList _log = new();

    [TestCase("")]
    [TestCase(" ")]
    [TestCase(",")]
    [TestCase("localhost:notaport")]
    [TestCase("redis://localhost:6379")]
    [TestCase("localhost:6379,nosuchsetting=1")]
    public void UseRedis_UnreadableConnectionString_IsRefusedAtOnce(string connectionString) =>
        FluentActions.Invoking(() => new ServiceCollection().AddBluePlanState(state => state.UseRedis(connectionString))).Should().Throw<ArgumentException>();

    [Test]
    public void UseRedis_ConfigurationWithoutServer_IsRefusedAtOnce() =>
        FluentActions.Invoking(() => new ServiceCollection().AddBluePlanState(static state => state.UseRedis(new ConfigurationOptions()))).Should().Throw<ArgumentException>();

    [Test]
    public async Task UseRedis_WrongPrefix_IsRefusedNamingTheSetting()
    {
        await using var services = new ServiceCollection().AddBluePlanState(static state => state.UseRedis("localhost:1", static redis => redis.KeyPrefix = "{a}")).Services.BuildServiceProvider();

        await FluentActions.Invoking(() => services.GetRequiredService<IBluePlanState>().Store.ExistsAsync("a", "b")).Should().ThrowAsync<OptionsValidationException>().WithMessage("*KeyPrefix*{a}*");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task UseRedis_FaultsInTheConfiguration_AreReportedAtOnce(bool bySection)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("BluePlanState:Redis:ReplicaTimeout", "1"), new("BluePlanState:Redis:MinReplica", "1"), new("BluePlanState:Redis:RequireTls", "maybe")]).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddBluePlanState(state =>
        {
            state.UseRedis("localhost:1");
            if (bySection) state.BindConfiguration();
            else state.Services.Configure<RedisStateOptions>(configuration.GetSection("BluePlanState:Redis"));
        }).Services;
        await using var provider = services.BuildServiceProvider();

        var failures = FluentActions.Invoking(() => provider.GetRequiredService<IOptions<RedisStateOptions>>().Value).Should().Throw<OptionsValidationException>().Which.Failures;

        failures.Should().HaveCount(3).And.ContainMatch("BluePlanState:Redis:ReplicaTimeout is \"1\", which would be read as 1 day. Write \"00:00:01\"*")
            .And.ContainMatch("BluePlanState:Redis:MinReplica is not a setting. Did you mean 'MinReplicas'?").And.ContainMatch("*RequireTls is \"maybe\"*");
    }

    [Test]
    public async Task UseRedis_SectionOfTheStore_IsBoundBeforeWhatCodeSets()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("App:Redis:KeyPrefix", "one"), new("App:Redis:ReplicaTimeout", "00:00:02"), new("App:second:Redis:KeyPrefix", "two"), new("App:PartitionCount", "4")]).Build();
        await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration)
            .AddBluePlanState(static state => state.UseRedis("localhost:1", static redis => redis.MinReplicas = 1).BindConfiguration("App")).Services
            .AddBluePlanState("second", static state => state.BindConfiguration("App").UseRedis("localhost:1")).Services.BuildServiceProvider();
        var options = services.GetRequiredService<IOptionsMonitor<RedisStateOptions>>();

        (options.CurrentValue.KeyPrefix, options.CurrentValue.ReplicaTimeout, options.CurrentValue.MinReplicas, options.Get("second").KeyPrefix).Should().Be(("one", TimeSpan.FromSeconds(2), 1, "two"));
        services.GetRequiredService<IOptions<BluePlanStateOptions>>().Value.PartitionCount.Should().Be(4);
    }

    [Test]
    public async Task UseRedis_TlsRequiredAndNotUsed_StopsTheApp()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddBluePlanState(static state => state.UseRedis("localhost:1,password=s3cret", static redis => redis.RequireTls = true));
        using var host = builder.Build();

        (await host.Awaiting(static h => h.StartAsync()).Should().ThrowAsync<ArgumentException>()).Which.Message.Should().Contain("RequireTls").And.Contain("localhost:1").And.NotContain("s3cret");
    }

    [Test]
    public async Task Start_StoreOfAnotherPartitionCount_StopsTheApp()
    {
        using var server = await TestServers.StartRedisAsync();
        await using (var first = new RedisStateProvider(server.ConnectionString)) await first.OpenAsync(4, default);
        using var host = Build(state => state.UseRedis(server.ConnectionString).Configure(static o => o.PartitionCount = 8));

        (await host.Awaiting(static h => h.StartAsync()).Should().ThrowAsync<StateOpenException>()).Which.Message.Should().Contain(server.Address).And.Contain("has 4 partitions").And.Contain("Set PartitionCount to 4");
    }

    [Test]
    public async Task Start_ServerIsAway_StartsAllTheSame()
    {
        using var host = Build(static state => state.UseRedis($"127.0.0.1:{TestServer.FreePort()},connectTimeout=200"));

        await host.StartAsync();

        _log.Entries.Should().ContainSingle(static e => e.Level == LogLevel.Error).Which.Message.Should().Contain("could not be opened");
        await host.StopAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Dispose_WithoutStop_IsSilent(bool asynchronously)
    {
        using var server = await TestServers.StartRedisAsync();
        var host = Build(state => state.UseRedis(server.ConnectionString).Services.AddOptions<Settings>().FromBluePlanConfig("chat"));
        await host.StartAsync();
        await host.Services.GetRequiredService<IConfigManager>().SaveAsync("chat", new Settings());
        await using var lease = await host.Services.GetRequiredService<ILockManager>().AcquireAsync("job", TimeSpan.FromSeconds(5));
        await lease.ReleaseAsync();

        if (asynchronously) await ((IAsyncDisposable)host).DisposeAsync();
        else host.Dispose();

        _log.Entries.Where(static e => e.Level >= LogLevel.Warning).Should().BeEmpty();
    }

    [Test]
    public async Task UseRedis_HostsConnection_OutlivesTheContainer()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        await using (var services = new ServiceCollection().AddBluePlanState(state => state.UseRedis(_ => connection)).Services.BuildServiceProvider())
            await services.GetRequiredService<IBluePlanState>().Store.SetAsync("drafts", "one", 1);

        (await connection.GetDatabase().PingAsync()).Should().BePositive("the connection is the host's");
    }

    [Test]
    public async Task UseRedis_OwnConnection_IsClosedWithTheContainer()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var observer = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},allowAdmin=true,name=observer");
        await using (var services = new ServiceCollection().AddBluePlanState(state => state.UseRedis($"{server.ConnectionString},name=store")).Services.BuildServiceProvider())
        {
            await services.GetRequiredService<IBluePlanState>().Store.SetAsync("drafts", "one", 1);
            (await ConnectionsAsync()).Should().BePositive();
        }

        await Poll.UntilAsync(async () => await ConnectionsAsync() == 0, TimeSpan.FromSeconds(30), "its connections are closed");

        async Task<int> ConnectionsAsync() => (await observer.GetServers()[0].ClientListAsync()).Count(static client => client.Name == "store");
    }

    private IHost Build(Action<BluePlanStateBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<ILoggerFactory>(_log);
        builder.Services.AddBluePlanState(configure);
        return builder.Build();
    }

    private sealed class Settings
    {
        public string Model { get; set; } = "m";
    }

    private sealed class LogList : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Message)> Entries { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Entries.Enqueue((logLevel, formatter(state, exception)));

        public void Dispose() { }
    }
}
