using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>What is logged when a store is opened, and what is refused.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ConnectionReportTests
{
    private const string Password = "s3cret";
    private readonly LogList _log = new();

    [Test]
    public async Task OpenAsync_Server_LogsOneLineOfWhatWasOpened()
    {
        using var server = await TestServers.StartRedisAsync("--requirepass", Password);
        await using var provider = new RedisStateProvider($"{server.ConnectionString},password={Password}", new() { KeyPrefix = "app" }, logger: _log);

        await provider.OpenAsync(8, default);

        var (level, id, message) = _log.Entries.Single();
        (level, id).Should().Be((LogLevel.Information, 2010));
        message.Should().Contain(server.Address).And.Contain("'app'").And.Contain("8 partitions").And.MatchRegex(@"version \d+\.\d+").And.Contain("TLS off").And.NotContain(Password);
    }

    [Test]
    public async Task OpenAsync_OtherMachineWithoutTls_Warns()
    {
        if (OtherAddress() is not { } address) { Assert.Ignore("This machine has no address besides loopback."); return; }
        using var server = await TestServers.StartRedisAsync("--bind", $"127.0.0.1 {address}", "--protected-mode", "no");
        await using var provider = new RedisStateProvider($"{address}:{server.Port},{TestServer.Patience}", logger: _log);

        await provider.OpenAsync(4, default);

        _log.Entries.Should().ContainSingle(static e => e.Id == 2011).Which.Should().Match<(LogLevel Level, int Id, string Message)>(e => e.Level == LogLevel.Warning && e.Message.Contains($"{address}:{server.Port}") && e.Message.Contains("RequireTls"));
    }

    [TestCase("127.0.0.1:1", true)]
    [TestCase("127.1.2.3:1", true)]
    [TestCase("[::1]:1", true)]
    [TestCase("localhost:1", true)]
    [TestCase("redis.localhost:1", true)]
    [TestCase("10.0.0.1:1", false)]
    [TestCase("redis:1", false)]
    [TestCase("notlocalhost:1", false)]
    [TestCase("!/run/redis.sock", true)]
    public void IsLocal_EndPoint_TellsWhetherTheConnectionLeavesTheMachine(string server, bool local) =>
        ConnectionReport.IsLocal(ConfigurationOptions.Parse(server).EndPoints.Single()).Should().Be(local);

    [Test]
    public void Constructor_TlsRequiredAndNotUsed_IsRefusedWithoutThePassword() =>
        FluentActions.Invoking(() => new RedisStateProvider($"127.0.0.1:1,password={Password}", new() { RequireTls = true })).Should().Throw<ArgumentException>()
            .Which.Message.Should().Contain("RequireTls").And.Contain("127.0.0.1:1").And.Contain("ssl=true").And.NotContain(Password);

    [Test]
    public async Task Constructor_TlsRequiredAndUsed_IsAccepted()
    {
        await using var provider = new RedisStateProvider("127.0.0.1:1,ssl=true", new() { RequireTls = true });

        provider.Name.Should().Be("redis");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Constructor_TlsRequired_LooksAtTheHostsOwnConnection(bool ssl)
    {
        var configuration = ConfigurationOptions.Parse($"127.0.0.1:{TestServer.FreePort()},connectTimeout=100,abortConnect=false");
        configuration.Ssl = ssl;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(configuration);

        var construct = () => new RedisStateProvider(connection, new() { RequireTls = true });

        if (ssl) construct.Should().NotThrow();
        else construct.Should().Throw<ArgumentException>().WithMessage("*RequireTls*");
    }

    private static IPAddress? OtherAddress() => Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).FirstOrDefault(static a => !IPAddress.IsLoopback(a));

    private sealed class LogList : ILogger<RedisStateProvider>
    {
        public ConcurrentQueue<(LogLevel Level, int Id, string Message)> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
    }
}
