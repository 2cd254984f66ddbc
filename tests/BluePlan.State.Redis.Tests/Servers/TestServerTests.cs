using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class TestServerTests
{
    [Test]
    public async Task StartAsync_PortOfSomebodyWhoNeverAnswers_GivesUp()
    {
        // As the bus of another test's cluster does.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var starting = TestServer.StartAsync(static (_, _) => ["sleep", "1"], ((IPEndPoint)silent.LocalEndpoint).Port);

        await FluentActions.Awaiting(() => starting.WaitAsync(TimeSpan.FromSeconds(60))).Should().ThrowAsync<InvalidOperationException>().WithMessage("The server did not start*");
    }
}
