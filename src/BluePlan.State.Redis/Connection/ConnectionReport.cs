using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace BluePlan.State.Redis;

/// <summary>Logs what a store was opened on, and warns when its content and password cross a network in clear text.</summary>
internal static partial class ConnectionReport
{
    /// <summary>Logs that the store is open.</summary>
    /// <param name="logger">Where to.</param>
    /// <param name="connection">The connection, which is made.</param>
    /// <param name="keyPrefix">What keys begin with.</param>
    /// <param name="partitions">The number of partitions.</param>
    public static void Write(ILogger logger, RedisConnection connection, string keyPrefix, int partitions)
    {
        if (!connection.UsesTls && connection.Multiplexer.GetEndPoints().Any(static server => !IsLocal(server))) NotEncrypted(logger, connection.Servers);
        if (!logger.IsEnabled(LogLevel.Information)) return;
        var version = connection.Primaries().FirstOrDefault()?.Version.ToString() ?? "unknown";
        Opened(logger, connection.Servers, keyPrefix, partitions, version, connection.UsesTls ? "on" : "off");
    }

    /// <summary>Whether a connection to a server stays on this machine.</summary>
    public static bool IsLocal(EndPoint server) => server switch
    {
        UnixDomainSocketEndPoint => true,
        IPEndPoint { Address: var address } => IPAddress.IsLoopback(address),
        // Names below localhost are loopback, too: RFC 6761, section 6.3.
        DnsEndPoint { Host: var host } => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    [LoggerMessage(2010, LogLevel.Information, "The state store in Redis at {Servers} is open: key prefix '{KeyPrefix}', {Partitions} partitions, server version {Version}, TLS {Tls}.")]
    private static partial void Opened(ILogger logger, string servers, string keyPrefix, int partitions, string version, string tls);

    [LoggerMessage(2011, LogLevel.Warning, "The connection to Redis at {Servers} is not encrypted: the password and all state cross the network in clear text. Set ssl=true in the connection string; RedisStateOptions.RequireTls refuses to start without it.")]
    private static partial void NotEncrypted(ILogger logger, string servers);
}
