using System.Net;
using System.Net.Sockets;
using System.Text;
using BluePlan.State.Redis.Tests;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TcpProxyTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20), Silence = TimeSpan.FromMilliseconds(200);

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly List<string> _heard = [];
    private TcpProxy _proxy = null!;

    [SetUp]
    public void Start()
    {
        _server.Start();
        _proxy = new(TestServer.FreePort(), ((IPEndPoint)_server.LocalEndpoint).Port);
        _ = EchoAsync();
    }

    [TearDown]
    public void End()
    {
        _proxy.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task Open_Request_IsAnswered()
    {
        using var client = await ConnectAsync();

        (await AskAsync(client, "one")).Should().Be("one");
    }

    [TestCase(LinkState.Swallow, true)]
    [TestCase(LinkState.HalfOpen, false)]
    public async Task SetClients_RepliesDropped_NobodyHearsThemAndTheConnectionEndsWhenOpenAgain(object state, bool arrives)
    {
        using var client = await ConnectAsync();
        (await AskAsync(client, "one")).Should().Be("one");
        _proxy.SetClients((LinkState)state);

        (await AskAsync(client, "two")).Should().BeNull("there is no reply, and the connection looks alive");
        lock (_heard) _heard.Should().Equal(arrives ? ["one", "two"] : ["one"]);
        _proxy.SetClients(LinkState.Open);
        (await AskAsync(client, "three")).Should().Be("", "a stream with a gap must end");
        using var next = await ConnectAsync();
        (await AskAsync(next, "four")).Should().Be("four");
    }

    [Test]
    public async Task SetClients_Cut_EndsConnectionsAndRefusesNewOnesButNotThoseOfServers()
    {
        using var client = await ConnectAsync();
        using var server = await ConnectAsync(TcpProxy.ServerAddress);
        _proxy.SetClients(LinkState.Cut);

        (await AskAsync(client, "one")).Should().Be("");
        using var next = await ConnectAsync();
        (await AskAsync(next, "two")).Should().Be("");
        (await AskAsync(server, "three")).Should().Be("three");
    }

    private async Task<Socket> ConnectAsync(string from = "127.0.0.1")
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        return client;
    }

    /// <summary>The reply; empty when the connection has ended, null when nothing comes.</summary>
    private static async Task<string?> AskAsync(Socket client, string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(text));
            var buffer = new byte[64];
            var reply = client.ReceiveAsync(buffer, limit.Token).AsTask();
            // Silence cannot be awaited but for a while.
            if (await Task.WhenAny(reply, Task.Delay(Silence)) != reply && !client.Poll(0, SelectMode.SelectRead)) return null;
            return Encoding.ASCII.GetString(buffer, 0, await reply);
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true)
            {
                var client = await _server.AcceptSocketAsync();
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        var buffer = new byte[64];
                        for (int count; (count = await client.ReceiveAsync(buffer)) > 0;)
                        {
                            lock (_heard) _heard.Add(Encoding.ASCII.GetString(buffer, 0, count));
                            await client.SendAsync(buffer.AsMemory(0, count));
                        }
                    }
                });
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }
}
