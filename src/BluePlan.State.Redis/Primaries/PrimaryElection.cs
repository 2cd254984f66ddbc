using System.Net;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Finds out which server is the primary, where a former one may still be reachable or have come back.</summary>
/// <remarks>
/// <para>Sentinels decide, if there are any that answer. Without them the servers' own histories do: one that took over from another, or whose marker has a higher epoch, goes before it. If that
/// does not tell two primaries apart, none is used until one remains.</para>
/// <para>The epoch is a field of the marker. A process raises it on each new primary that it follows the store to, so that a former primary, which never hears of it, is known by a lower one.</para>
/// <para>Nodes of a cluster, and proxies, decide among themselves.</para>
/// </remarks>
/// <param name="connection">The connection that is looked through.</param>
/// <param name="others">Connections that follow it.</param>
/// <param name="marker">The store's marker.</param>
/// <param name="sentinels">The sentinels; null if there are none.</param>
internal sealed class PrimaryElection(RedisConnection connection, IEnumerable<RedisConnection> others, RedisKey marker, Sentinels? sentinels)
{
    // A server that hangs delays callers no longer than this if there is another.
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(1);

    private readonly RedisConnection[] _connections = [connection, .. others];
    private Known? _known;
    private long _term;

    /// <summary>
    /// Rises before another primary is followed, and again when everything goes there: in between it is odd, and nothing
    /// that is sent may count.
    /// </summary>
    public long Term => Volatile.Read(ref _term);

    /// <summary>The epoch that the store must have reached; 0 before the first primary is known.</summary>
    public long Epoch => _known?.Epoch ?? 0;

    /// <summary>Whether what is sent now goes to the primary that was chosen.</summary>
    public bool Stands
    {
        get
        {
            if (IsMoving) return false;
            foreach (var one in _connections)
                if (!one.Route.Stands) return false;
            return true;
        }
    }

    private bool IsMoving => (Term & 1) != 0;

    /// <summary>Whether the client sees another primary than the one that was chosen: subscriptions may be with that one, which is told of no change.</summary>
    public bool IsSplit => connection.Route.IsSplit;

    /// <summary>Chooses the primary, and sends all commands to it from now on.</summary>
    /// <returns>What it shows, and the epoch that its marker must have.</returns>
    /// <exception cref="StateUnavailableException">There is none, or it cannot be told which one is the right one.</exception>
    public async Task<(ServerLook Look, long Epoch)> ElectAsync()
    {
        if (!connection.HasOnePrimary)
        {
            foreach (var one in _connections) one.Route.Open();
            return (await ServerLook.InClusterAsync(connection, marker).ConfigureAwait(false), 0);
        }
        var sockets = Array.ConvertAll(_connections, static one => one.Route.CountSockets());
        var asking = sentinels?.AskAsync();
        var looks = await LookAsync().ConfigureAwait(false);
        // Without a connection no server can be followed, whichever the sentinels name.
        if (looks is { Shown.Count: 0, Silent.Length: 0 }) throw RedisFaults.NotConnected(connection.Multiplexer.GetEndPoints(), null);
        var look = asking is not null && await asking.ConfigureAwait(false) is { } named ? ByName(named, looks) : ByHistory(looks);
        var endPoint = look.Server!.EndPoint;
        var epoch = Math.Max(Epoch, look.Marker?.Epoch ?? 0);
        if (_known is { } before)
        {
            var isSame = before.EndPoint.Equals(endPoint);
            // Nothing that was sent before may count as this one's answer, and nothing that is sent until all connections
            // follow it, which may take a second. If that fails, the next election goes on from there.
            if (!IsMoving && (!isSame || !look.Facts.Continues(before.Facts, IsKept(sockets)))) Interlocked.Increment(ref _term);
            if (!isSame) epoch++;
        }
        for (var i = 0; i < sockets.Length; i++) await _connections[i].Route.FollowAsync(endPoint, sockets[i]).ConfigureAwait(false);
        if (IsMoving) Interlocked.Increment(ref _term);
        return (look, epoch);
    }

    /// <summary>Remembers a primary once its marker is what it must be.</summary>
    public void Trust(ServerLook look, MarkerFields fields)
    {
        if (look.Server is { } server) _known = new(server.EndPoint, look.Facts, fields.Store, fields.Epoch);
    }

    private bool IsKept(IReadOnlyDictionary<EndPoint, long>[] sockets)
    {
        for (var i = 0; i < sockets.Length; i++)
            if (!_connections[i].Route.IsKept(sockets[i])) return false;
        return true;
    }

    private static ServerLook ByName(PrimaryAddress named, Looks looks)
    {
        if (looks.Shown.FirstOrDefault(look => named.Is(look.Server!.EndPoint)) is not { } look)
            throw PrimaryFaults.Undecided($"Sentinel names {named.Host}:{named.Port} as the primary, which does not answer", "Start it, check that this machine reaches it under that address, or wait until Sentinel has promoted another one.");
        if (!look.Facts.IsPrimary)
            throw PrimaryFaults.Undecided($"Sentinel names {named.Host}:{named.Port} as the primary, which is a replica", "Try again soon: Sentinel corrects it. If it stays so, compare SENTINEL MASTER with the ROLE of the servers.");
        if (looks.Shown.Find(other => other.Facts.IsPrimary && other.Facts.Succeeds(look.Facts)) is { } successor)
            throw PrimaryFaults.Undecided($"a failover from {named.Host}:{named.Port} to {Names(successor)} is under way", "Try again soon.");
        return look;
    }

    private ServerLook ByHistory(Looks looks)
    {
        var primaries = looks.Shown.FindAll(static look => look.Facts.IsPrimary);
        if (primaries.Count == 0 && looks.Silent is [var hung, ..]) throw PrimaryFaults.Silent(hung);
        if (primaries.Count == 0)
            throw connection.DataServers().Length == 1 ? PrimaryFaults.OnlyReplica(looks.Shown[0].Server!.EndPoint)
                : PrimaryFaults.Undecided($"all servers that answer are replicas: {Names([.. looks.Shown])}", "Start the primary, or promote one of them (REPLICAOF NO ONE).");
        var first = primaries.FindAll(look => primaries.TrueForAll(other => other == look || GoesBefore(look, other)));
        if (first is not [var chosen]) throw PrimaryFaults.Undecided($"several servers are primaries: {Names([.. primaries])}", "Make all but one of them replicas of that one (REPLICAOF).");
        if (_known is { } known && !GoesOn(known, chosen))
            throw PrimaryFaults.Former(chosen.Server!.EndPoint, known.EndPoint, marker, known.Epoch);
        // One that hangs may be the primary still, unless it is known to have a successor.
        if (looks.Silent is [var silent, ..] && !(_known is { } last && last.EndPoint.Equals(silent) && chosen.Facts.Succeeds(last.Facts)) && _known?.EndPoint.Equals(chosen.Server!.EndPoint) != true)
            throw PrimaryFaults.Silent(silent);
        return chosen;
    }

    private static bool GoesBefore(ServerLook look, ServerLook other) =>
        look.Facts.Succeeds(other.Facts) || !other.Facts.Succeeds(look.Facts) && look.Marker is { } marker && marker.Epoch > (other.Marker?.Store == marker.Store ? other.Marker.Epoch : -1);

    /// <summary>Whether a server can hold what the last primary held, rather than be one that it took over from.</summary>
    private static bool GoesOn(Known known, ServerLook look)
    {
        if (look.Facts.Id.Length > 0 && look.Facts.Id == known.Facts.Id || look.Facts.Succeeds(known.Facts)) return true;
        if (known.Facts.Succeeds(look.Facts)) return false;
        var epoch = look.Marker?.Store == known.Store ? look.Marker.Epoch : -1;
        // A server that restarts may have lost everything, and an operator may have emptied it: then it says so, and the store begins anew.
        return known.EndPoint.Equals(look.Server!.EndPoint) ? epoch < 0 || epoch >= known.Epoch : epoch >= known.Epoch;
    }

    private static string Names(params IReadOnlyCollection<ServerLook> looks) => RedisFaults.Names([.. looks.Select(static look => look.Server!.EndPoint)]);

    private async Task<Looks> LookAsync()
    {
        var servers = connection.DataServers().Where(static server => server.IsConnected).ToArray();
        var looks = servers.Select(server => ServerLook.AtAsync(server, marker, connection.Database.Database)).ToArray();
        // The only server has the time that every command has.
        if (looks is [var only]) return new([await only.ConfigureAwait(false)], []);
        await ((Task)Task.WhenAll(looks)).WaitAsync(LookLimit, connection.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (looks.Length > 0 && Array.TrueForAll(looks, static look => look.IsFaulted)) await looks[0].ConfigureAwait(false);
        return new([.. looks.Where(static look => look.IsCompletedSuccessfully).Select(static look => look.Result)],
            [.. servers.Zip(looks).Where(static one => !one.Second.IsCompletedSuccessfully && one.First is { IsConnected: true, IsReplica: false }).Select(static one => one.First.EndPoint)]);
    }

    /// <summary>What the servers show.</summary>
    /// <param name="Shown">Those that answer.</param>
    /// <param name="Silent">Those that the client takes for primaries and that do not answer.</param>
    private sealed record Looks(List<ServerLook> Shown, EndPoint[] Silent);

    /// <summary>The primary that was followed last.</summary>
    private sealed record Known(EndPoint EndPoint, ReplicationFacts Facts, string Store, long Epoch);
}
