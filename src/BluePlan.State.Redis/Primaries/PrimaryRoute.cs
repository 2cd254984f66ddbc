using System.Net;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Where the commands of one connection go. The client sends them to any server that it takes for a primary; here stands which one it must be.</summary>
/// <remarks>
/// If there are several servers, each command names the chosen one. The client would otherwise select a former primary in the moment in which that comes back, and forget it again before anyone could look.
/// For the same reason a server counts as chosen only as long as the client keeps its connection to it, by the client's own count of sockets: what answers on another one may be a former primary.
/// </remarks>
internal sealed class PrimaryRoute(RedisConnection connection)
{
    private static readonly TimeSpan RoleLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private volatile Way? _way;

    /// <summary>The server that was chosen; null in a cluster, and before the first choice.</summary>
    public IServer? Server => _way?.Server;

    /// <summary>Whether the client takes another server for a primary, too.</summary>
    public bool IsSplit => _way is { IsSplit: true };

    /// <summary>What commands are sent with.</summary>
    public PrimaryCommands Commands => _way?.Commands ?? connection.Selected;

    /// <summary>
    /// Whether what is sent now reaches the server that was chosen, and no other. This is asked before and after each command, so it reads nothing but what the client knows.
    /// A connection to one server has no choice, also while that one is away.
    /// </summary>
    public bool Stands
    {
        get
        {
            if (_way is not { } way || way.Others.Length == 0) return true;
            if (!way.Server.IsConnected || way.Server.IsReplica || Sockets(way.Server) != way.Sockets) return false;
            return way.IsSplit || !SeesAnother(way.Others);
        }
    }

    /// <summary>Lets the client choose: in a cluster each key has its own primary.</summary>
    public void Open() => _way = null;

    /// <summary>How often the client has connected to each server. To be taken before servers are looked at.</summary>
    public IReadOnlyDictionary<EndPoint, long> CountSockets() => connection.DataServers().ToDictionary(static server => server.EndPoint, Sockets);

    /// <summary>Whether the client has kept its connection to the server that was chosen.</summary>
    /// <param name="sockets">The counts before the servers were looked at.</param>
    public bool IsKept(IReadOnlyDictionary<EndPoint, long> sockets) => _way is { } way && sockets.GetValueOrDefault(way.Server.EndPoint, 1) == way.Sockets;

    /// <summary>Sends everything to one server from now on.</summary>
    /// <param name="primary">The server.</param>
    /// <param name="sockets">The counts before it was looked at: what was seen holds for the connection of then.</param>
    /// <exception cref="StateUnavailableException">There is no connection to it, or the client takes it for a replica.</exception>
    public async Task FollowAsync(EndPoint primary, IReadOnlyDictionary<EndPoint, long> sockets)
    {
        var servers = connection.DataServers();
        if (Array.Find(servers, server => server.EndPoint.Equals(primary)) is not { IsConnected: true } server) throw RedisFaults.NotConnected([primary], null);
        await LearnRolesAsync(server).ConfigureAwait(false);
        var others = servers.Where(other => other != server).ToArray();
        // Once split, until the client has looked at all servers again: it may have put this one behind another primary.
        var isSplit = SeesAnother(others) || _way is { IsSplit: true } before && before.Server.EndPoint.Equals(primary) && !await LookAgainAsync().ConfigureAwait(false);
        var commands = others.Length > 0 ? new NamedPrimary(server, connection.Database.Database) : connection.Selected;
        _way = new(server, sockets.GetValueOrDefault(primary, 1), others, commands, isSplit);
    }

    private static bool SeesAnother(IServer[] others)
    {
        foreach (var other in others)
            if (other.IsConnected && !other.IsReplica) return true;
        return false;
    }

    /// <summary>The client sends no write to what it takes for a replica, and hears of a promotion late.</summary>
    private async Task LearnRolesAsync(IServer server)
    {
        if (!server.IsReplica) return;
        _ = LookAgainAsync();
        for (var begun = connection.Time.GetTimestamp(); server.IsReplica; await Task.Delay(Pause, connection.Time).ConfigureAwait(false))
            if (connection.Time.GetElapsedTime(begun) > RoleLimit) throw PrimaryFaults.Undecided($"the client still takes {RedisFaults.Names([server.EndPoint])} for a replica", "Try again soon.");
    }

    private async Task<bool> LookAgainAsync()
    {
        var looking = connection.Multiplexer.ConfigureAsync();
        await ((Task)looking).WaitAsync(RoleLimit, connection.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return looking is { IsCompletedSuccessfully: true, Result: true };
    }

    private static long Sockets(IServer server) => server.GetCounters().Interactive.SocketCount;

    /// <summary>What was chosen.</summary>
    /// <param name="Server">The primary.</param>
    /// <param name="Sockets">How often the client had connected to it when it was chosen.</param>
    /// <param name="Others">The other servers.</param>
    /// <param name="Commands">What commands are sent with.</param>
    /// <param name="IsSplit">Whether the client takes another server for a primary, too.</param>
    private sealed record Way(IServer Server, long Sockets, IServer[] Others, PrimaryCommands Commands, bool IsSplit);
}
