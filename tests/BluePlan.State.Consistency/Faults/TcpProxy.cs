using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BluePlan.State.Consistency;

/// <summary>
/// A proxy on the loopback before one server. It tells clients from servers, which come from <see cref="ServerAddress"/>, so that a network
/// can be split between the two.
/// </summary>
internal sealed class TcpProxy : IDisposable
{
    /// <summary>Where servers come from (Redis: <c>bind-source-addr</c>).</summary>
    public const string ServerAddress = "127.0.0.2";

    private readonly int _target;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Link, bool> _links = new();

    public TcpProxy(int port, int target)
    {
        _target = target;
        Port = port;
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port { get; }

    private LinkState Clients { get; set; }

    private LinkState Servers { get; set; }

    /// <summary>
    /// Sets what happens to connections of clients, those that are there and new ones. What was dropped while a link was not open is gone,
    /// so its connections end when it opens again.
    /// </summary>
    public void SetClients(LinkState state)
    {
        Clients = state;
        Apply(isServer: false, state);
    }

    /// <summary>The same for connections of servers and sentinels.</summary>
    public void SetServers(LinkState state)
    {
        Servers = state;
        Apply(isServer: true, state);
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        foreach (var link in _links.Keys) link.Close();
        _end.Dispose();
    }

    private void Apply(bool isServer, LinkState state)
    {
        foreach (var link in _links.Keys.Where(link => link.IsServer == isServer))
            if (state is LinkState.Cut || state is LinkState.Open && link.HasDropped) link.Close();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_end.Token);
                _ = ServeAsync(near);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var link = new Link(near, ((IPEndPoint)near.RemoteEndPoint!).Address.ToString() == ServerAddress);
        if (State(link) is LinkState.Cut) return;
        _links.TryAdd(link, true);
        try
        {
            await link.ConnectAsync(_target, _end.Token);
            await Task.WhenAny(PumpAsync(link, link.Near, link.Far, isReply: false), PumpAsync(link, link.Far, link.Near, isReply: true));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is away.
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private async Task PumpAsync(Link link, Socket from, Socket to, bool isReply)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, _end.Token);
                if (count == 0) return;
                var drops = State(link) switch
                {
                    LinkState.Swallow => isReply,
                    LinkState.HalfOpen => true,
                    _ => link.HasDropped,
                };
                if (drops)
                {
                    link.HasDropped = true;
                    continue;
                }
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed at one of its ends.
        }
    }

    private LinkState State(Link link) => link.IsServer ? Servers : Clients;

    private sealed class Link(Socket near, bool isServer) : IDisposable
    {
        public Socket Near { get; } = near;

        public Socket Far { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public bool IsServer { get; } = isServer;

        public bool HasDropped { get; set; }

        public async Task ConnectAsync(int port, CancellationToken cancel)
        {
            Near.NoDelay = true;
            if (IsServer) Far.Bind(new IPEndPoint(IPAddress.Parse(ServerAddress), 0));
            await Far.ConnectAsync(IPAddress.Loopback, port, cancel);
        }

        public void Close()
        {
            Near.Dispose();
            Far.Dispose();
        }

        public void Dispose() => Close();
    }
}
