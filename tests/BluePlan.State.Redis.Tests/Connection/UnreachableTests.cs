using System.Net;
using System.Net.Sockets;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class UnreachableTests
{
    [Test]
    public async Task OpenAsync_NobodyListens_NamesTheServerAndNothingWasWritten()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, and nobody listens
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        await using var provider = new RedisStateProvider($"127.0.0.1:{port},password=secret,{TestServer.Patience}"); // so that the refusal comes first, also on a busy machine

        var thrown = (await FluentActions.Invoking(() => provider.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;

        thrown.Message.Should().Contain($"127.0.0.1:{port} cannot be reached").And.NotContain("secret");
        thrown.MayHaveBeenWritten.Should().BeFalse();
        thrown.InnerException.Should().NotBeNull();
    }

    [Test]
    public async Task OpenAsync_ServerNeverAnswers_EndsWithTheConnectTimeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var provider = new RedisStateProvider($"{silent.LocalEndpoint},connectTimeout=300");

        var thrown = (await FluentActions.Invoking(() => provider.OpenAsync(4, default).AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<StateUnavailableException>()).Which;

        thrown.Message.Should().Contain($"{silent.LocalEndpoint}");
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    [Test]
    public async Task OpenAsync_WrongPassword_SaysSoWithoutThePassword()
    {
        using var server = await TestServers.StartRedisAsync("--requirepass", "right");
        await using var provider = new RedisStateProvider($"{server.ConnectionString},password=wrong-one");

        var thrown = (await FluentActions.Invoking(() => provider.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;

        thrown.Message.Should().Contain("refuses the user or the password").And.Contain(server.Address).And.NotContain("wrong-one");
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    [Test]
    public async Task OpenAsync_ServerComesUpLater_Opens()
    {
        var port = TestServer.FreePort();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        await using var provider = new RedisStateProvider($"127.0.0.1:{port},{TestServer.Patience}");
        await FluentActions.Invoking(() => provider.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateUnavailableException>();

        socket.Dispose();
        using var server = await TestServers.StartRedisAsync(port);
        await provider.OpenAsync(4, default);

        (await provider.ReadAsync(new DocumentRead(new(0, StateShape.Document, "test", "x")))).Should().BeNull();
    }
}
