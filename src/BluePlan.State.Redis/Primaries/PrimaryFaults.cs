using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Says in the contract's words why no primary is used for now, or whether another one answered than was asked.</summary>
internal static class PrimaryFaults
{
    /// <summary>It cannot be told which server is the primary.</summary>
    /// <param name="why">What stands in the way, with the servers concerned.</param>
    /// <param name="remedy">What to do.</param>
    public static StateUnavailableException Undecided(string why, string remedy) => new($"Redis has no certain primary: {why}. Nothing was sent. {remedy}", mayHaveBeenWritten: false);

    /// <summary>A server that may be the primary hangs.</summary>
    /// <param name="server">The server.</param>
    public static StateUnavailableException Silent(EndPoint server) =>
        Undecided($"{RedisFaults.Names([server])}, which was a primary, keeps its connections but does not answer", "Let it go on, or end it.");

    /// <summary>The only server is a replica.</summary>
    /// <param name="server">The server.</param>
    public static StateUnavailableException OnlyReplica(EndPoint server) =>
        new($"Redis at {RedisFaults.Names([server])} is a read-only replica, so nothing was sent to it. Connect to the primary, to all nodes, or through Sentinel.", mayHaveBeenWritten: false);

    /// <summary>The only primary is one that the store has left.</summary>
    /// <param name="server">The server.</param>
    /// <param name="last">The primary that was followed last.</param>
    /// <param name="marker">The store's marker.</param>
    /// <param name="epoch">The epoch that the store has reached.</param>
    public static StateUnavailableException Former(EndPoint server, EndPoint last, RedisKey marker, long epoch) => new(string.Create(CultureInfo.InvariantCulture,
        $"The Redis server {RedisFaults.Names([server])} was the primary before {RedisFaults.Names([last])} took over, so it lacks what was written since. Nothing was sent. Make it a replica of the primary (REPLICAOF). If what it lacks may be lost, accept it: HSET {marker} epoch {epoch + 1}."),
        mayHaveBeenWritten: false);

    /// <summary>Another primary came up while a command was on its way.</summary>
    /// <param name="servers">The addresses, as <see cref="RedisFaults.Names"/> gives them.</param>
    /// <param name="writes">Whether the command would have written.</param>
    public static StateUnavailableException Changed(string servers, bool writes) => new(
        $"The primary of Redis at {servers} changed while the call was on its way, so a former primary may have answered. " + (writes ? "Read before you repeat the call, or repeat only what is idempotent." : "Nothing was written; call again."),
        mayHaveBeenWritten: writes);
}
