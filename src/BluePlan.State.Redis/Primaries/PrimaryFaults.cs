using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Says in the contract's words why no primary is used for now, or whether another one answered than was asked.</summary>
internal static class PrimaryFaults
{
    /// <summary>Which server is meant.</summary>
    public static string Name(EndPoint server) => server is DnsEndPoint { Host: var host, Port: var port } ? string.Create(CultureInfo.InvariantCulture, $"{host}:{port}") : server.ToString()!;

    /// <summary>It cannot be told which server is the primary.</summary>
    /// <param name="why">What stands in the way.</param>
    public static StateUnavailableException Undecided(string why) => new($"Redis has no certain primary: {why}. Nothing was sent.", mayHaveBeenWritten: false);

    /// <summary>All servers that answer are replicas.</summary>
    public static StateUnavailableException OnlyReplicas() =>
        new("Redis refuses the command, so nothing was written. It is a read-only replica. Connect to the primary, or to all nodes.", mayHaveBeenWritten: false);

    /// <summary>The only primary is one that the store has left.</summary>
    /// <param name="server">The server.</param>
    /// <param name="last">The primary that was followed last.</param>
    /// <param name="marker">The store's marker.</param>
    /// <param name="epoch">The epoch that the store has reached.</param>
    public static StateUnavailableException Former(EndPoint server, EndPoint last, RedisKey marker, long epoch) => new(string.Create(CultureInfo.InvariantCulture,
        $"The Redis server {Name(server)} was the primary before {Name(last)} took over, so it lacks what was written since. Nothing was sent. Make it a replica of the primary (REPLICAOF). If what it lacks may be lost, accept it: HSET {marker} epoch {epoch + 1}."),
        mayHaveBeenWritten: false);

    /// <summary>Another primary came up while a command was on its way.</summary>
    /// <param name="writes">Whether the command would have written.</param>
    public static StateUnavailableException Changed(bool writes) =>
        new("The primary of Redis changed while the call was on its way, and the former one may have answered. Read before repeating it, or repeat only what is idempotent.", mayHaveBeenWritten: writes);
}
