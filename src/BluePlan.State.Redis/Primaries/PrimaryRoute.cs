using System.Net;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Where the commands of one connection go. The client sends them to any server that it takes for a primary; here stands which one it must be.</summary>
internal sealed class PrimaryRoute(RedisConnection connection)
{
    private static readonly TimeSpan RoleLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private volatile Way? _way;

    /// <summary>The server that was chosen; null in a cluster, and before the first choice.</summary>
    public IServer? Server => _way?.Server;

    /// <summary>Whether commands name the server, since the client could select another one.</summary>
    public bool IsNamed => _way is { IsNamed: true };

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
            if (!way.Server.IsConnected || way.Server.IsReplica) return false;
            return way.IsNamed || !SeesAnother(way.Others);
        }
    }

    /// <summary>Lets the client choose: in a cluster each key has its own primary.</summary>
    public void Open() => _way = null;

    /// <summary>Sends everything to one server from now on.</summary>
    /// <exception cref="StateUnavailableException">There is no connection to it, or the client takes it for a replica.</exception>
    public async Task FollowAsync(EndPoint primary)
    {
        var servers = connection.DataServers();
        if (Array.Find(servers, server => server.EndPoint.Equals(primary)) is not { IsConnected: true } server) throw RedisFaults.NotConnected([primary], null);
        await LearnRolesAsync(server).ConfigureAwait(false);
        var others = servers.Where(other => other != server).ToArray();
        // Once named, until the client has looked at all servers again: it may have put this one behind another primary.
        var named = SeesAnother(others) || _way is { IsNamed: true } before && before.Server.EndPoint.Equals(primary) && !await LookAgainAsync().ConfigureAwait(false);
        _way = new(server, others, named ? new NamedPrimary(server, connection.Database.Database) : connection.Selected, named);
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
            if (connection.Time.GetElapsedTime(begun) > RoleLimit) throw PrimaryFaults.Undecided("the client has not heard yet that its replica became the primary");
    }

    private async Task<bool> LookAgainAsync()
    {
        var looking = connection.Multiplexer.ConfigureAsync();
        await ((Task)looking).WaitAsync(RoleLimit, connection.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return looking is { IsCompletedSuccessfully: true, Result: true };
    }

    private sealed record Way(IServer Server, IServer[] Others, PrimaryCommands Commands, bool IsNamed);
}
