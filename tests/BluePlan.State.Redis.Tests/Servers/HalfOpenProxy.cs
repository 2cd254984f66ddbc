using System.Net;
using System.Net.Sockets;

namespace BluePlan.State.Redis.Tests;

/// <summary>Stands between clients and a server, and can let the connections that subscribe hang half open: they stay, and nothing comes through any more.</summary>
internal sealed class HalfOpenProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _server;
    private volatile bool _hangs;

    public HalfOpenProxy(TestServer server)
    {
        _server = server.Port;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>From now on what belongs to a connection that subscribes, or is about to, is swallowed.</summary>
    public void SwallowSubscriptions() => _hangs = true;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var _ = client;
        using var server = new TcpClient();
        var subscribes = new StrongBox();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _server, _end.Token);
            await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream(), subscribes, fromClient: true), CopyAsync(server.GetStream(), client.GetStream(), subscribes, fromClient: false));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // One of them has gone.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, StrongBox subscribes, bool fromClient)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _end.Token) is var count and > 0)
        {
            if (fromClient && buffer.AsSpan(0, count).IndexOf("SUBSCRIBE"u8) >= 0) subscribes.Value = true;
            if (!(_hangs && subscribes.Value)) await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
        }
    }

    private sealed class StrongBox
    {
        public volatile bool Value;
    }
}
