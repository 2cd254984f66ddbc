using System.Collections.Concurrent;
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
    private readonly ConcurrentQueue<string> _heard = new();
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

        await client.SendAsync(Encoding.ASCII.GetBytes("two"));
        (await ReceiveAsync(client, Silence)).Should().BeNull("there is no reply, and the connection looks alive");
        if (arrives) await Wait.UntilAsync(() => Task.FromResult(_heard.Count == 2), Limit.TotalSeconds, "the server hears it");
        _heard.Should().Equal(arrives ? ["one", "two"] : ["one"]);
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

    /// <summary>Sends a text.</summary>
    /// <returns>The reply; empty when the connection has ended.</returns>
    private static async Task<string> AskAsync(Socket client, string text)
    {
        try
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(text));
            return await ReceiveAsync(client, Limit) ?? throw new TimeoutException("There is no reply.");
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>What comes; null when nothing does.</summary>
    private static async Task<string?> ReceiveAsync(Socket client, TimeSpan time)
    {
        using var limit = new CancellationTokenSource(time);
        var buffer = new byte[64];
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer, limit.Token));
        }
        catch (OperationCanceledException)
        {
            return null;
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
                            _heard.Enqueue(Encoding.ASCII.GetString(buffer, 0, count));
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
