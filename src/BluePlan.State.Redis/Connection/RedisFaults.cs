using System.Net;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Says in the contract's words what went wrong with Redis, and whether a write may have happened all the same.</summary>
internal static partial class RedisFaults
{
    private const int MostNames = 3;
    private const string AllPermissions = "Grant it with ACL SETUSER; the remarks of RedisStateOptions list all that a store needs.";

    /// <summary>Whether a primary refuses to write for now but can be read. What is read-only is a replica, which may not have heard of the last writes.</summary>
    public static bool RefusesWrites(RedisServerException exception) => Kind(exception) is RedisErrorKind.OutOfMemory or RedisErrorKind.NoReplicas or RedisErrorKind.Misconfigured;

    /// <summary>Whether the keys are on their way to another node, so that the command was not run.</summary>
    public static bool IsMoving(RedisServerException exception) => exception.Kind is RedisErrorKind.TryAgain or RedisErrorKind.Moved or RedisErrorKind.Ask;

    /// <summary>
    /// Whether a script was refused a name that it did not declare: by a node of a cluster whose slot is under way, or by
    /// a server that allows no such names.
    /// </summary>
    public static bool RefusesUndeclared(RedisServerException exception) =>
        exception.Message.Contains("non local key", StringComparison.Ordinal) || exception.Message.Contains("undeclared key", StringComparison.Ordinal);

    /// <summary>Whether it is an exception of the client or server, which callers of the contract do not know.</summary>
    public static bool IsFault(Exception exception) => exception is RedisException or TimeoutException;

    /// <summary>The addresses of servers for a message. It never has anything else of a connection string.</summary>
    public static string Names(IReadOnlyCollection<EndPoint> servers)
    {
        var names = servers.Take(MostNames).Select(static server => server is DnsEndPoint { Host: var host, Port: var port }
            ? port == 0 ? host : $"{host}:{port}"
            : server.ToString());
        return string.Join(", ", names) + (servers.Count > MostNames ? $" and {servers.Count - MostNames} more" : "");
    }

    /// <summary>What the contract throws when no connection can be made.</summary>
    /// <param name="servers">Whom it was tried with.</param>
    /// <param name="cause">What the client says; null = nothing.</param>
    public static StateUnavailableException NotConnected(IReadOnlyCollection<EndPoint> servers, Exception? cause)
    {
        var names = Names(servers);
        return new(cause switch
        {
            _ when Has<AuthenticationException>(cause) is not null =>
                $"The TLS handshake with Redis at {names} failed. Check that the server's certificate is valid for that name and trusted here, and that the port is its TLS port.",
            _ when Permission(cause) is { } right =>
                $"Redis at {names} refuses the user: it lacks a permission. {right}",
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } =>
                $"Redis at {names} refuses the user or the password. Set user and password in the connection string as the server has them.",
            RedisConnectionException { FailureType: ConnectionFailureType.Loading } =>
                $"Redis at {names} is still loading its data. Try again soon.",
            TimeoutException => $"Redis at {names} did not answer within the time to connect. Check the address, the server and whether its port is for TLS (ssl=true), or raise connectTimeout.",
            null => $"Redis at {names} cannot be reached again, and nothing was sent. Check that it runs, and that user, password and TLS in the connection string are still as the server has them. The connection is made again by itself.",
            _ => $"Redis at {names} cannot be reached. Check that it runs, that the connection string names it, and whether its port is for TLS (ssl=true).",
        }, mayHaveBeenWritten: false, cause);
    }

    /// <summary>What the contract throws when replicas have not confirmed a commit.</summary>
    /// <param name="primary">The server that has the commit.</param>
    /// <param name="why">What happened.</param>
    /// <param name="cause">What the client says; null = nothing.</param>
    public static StateUnavailableException Unconfirmed(EndPoint primary, string why, Exception? cause) =>
        new($"What the call wrote or found is on the primary of Redis at {Names([primary])}, but {why}: a failover may lose it. Read before repeating it, or repeat only what is idempotent.", mayHaveBeenWritten: true, cause);

    /// <summary>What the contract throws instead.</summary>
    /// <param name="exception">What the client threw.</param>
    /// <param name="writes">Whether the command would have written.</param>
    /// <param name="servers">The addresses, as <see cref="Names"/> gives them.</param>
    public static Exception Translate(Exception exception, bool writes, string servers) => exception switch
    {
        RedisServerException server => Translate(server, writes, servers),
        RedisConnectionException connection when IsUnsent(connection.CommandStatus) => new StateUnavailableException(
            $"Redis at {servers} cannot be reached; nothing was sent. Check that it runs, and the network between. The connection is made again by itself.", false, exception),
        RedisConnectionException => new StateUnavailableException(
            $"The connection to Redis at {servers} was lost before the reply arrived. Check MayHaveBeenWritten before you repeat a write.", writes, exception),
        RedisTimeoutException timeout when IsUnsent(timeout.Commandstatus) => new StateUnavailableException(
            $"Redis at {servers} could not be reached in time; nothing was sent. Check its load and the network between.", false, exception),
        TimeoutException => new StateUnavailableException(
            $"Redis at {servers} did not answer in time. Check its load, or raise asyncTimeout in the connection string.", writes, exception),
        RedisCommandException => new StateUnavailableException(
            $"The client of Redis at {servers} refuses the command; nothing was sent. Check the connection string: a command is disabled there, or the server is a replica.", false, exception),
        _ => new StateUnavailableException($"Redis at {servers} failed.", writes, exception),
    };

    private static Exception Translate(RedisServerException exception, bool writes, string servers)
    {
        return Kind(exception) switch
        {
            RedisErrorKind.WrongType => new StateCorruptionException(
                $"A key of the store in Redis at {servers} has an unexpected type. Another application writes keys with the same KeyPrefix. Give each application its own prefix.", inner: exception),
            RedisErrorKind.ReadOnly => Refused("It is a read-only replica. Connect to the primary, to all nodes, or through Sentinel."),
            RedisErrorKind.OutOfMemory => Refused("Its memory limit is reached (OOM). Raise maxmemory or remove data."),
            RedisErrorKind.NoReplicas => Refused("Too few replicas are connected (min-replicas-to-write). Start them, or lower the number."),
            RedisErrorKind.Misconfigured => Refused("It cannot persist its data (MISCONF). Look into its log, and at the space on its disk."),
            RedisErrorKind.Loading => Refused("It is still loading its data (LOADING). Try again soon."),
            RedisErrorKind.Busy => Refused("A script keeps it busy (BUSY). Try again, or end the script with SCRIPT KILL."),
            RedisErrorKind.ClusterDown => Refused("The cluster is down (CLUSTERDOWN): a part of its slots is not served. Look at CLUSTER INFO, and start the nodes that are missing."),
            RedisErrorKind.MasterDown => Refused("It is a replica without its primary (MASTERDOWN). Start the primary, or let a replica take its place."),
            RedisErrorKind.TryAgain or RedisErrorKind.Moved or RedisErrorKind.Ask => Refused("The slot is being moved to another node. Try again."),
            RedisErrorKind.MaxClients => Refused("It has too many clients. Raise maxclients, or close connections."),
            RedisErrorKind.NoAuth => Refused("It wants a password (NOAUTH). Set user and password in the connection string."),
            RedisErrorKind.WrongPass => Refused("User or password is wrong (WRONGPASS). Set them in the connection string as the server has them."),
            RedisErrorKind.NoPermission or RedisErrorKind.NotPermitted => Refused(Permission(exception) ?? $"The user lacks a permission (NOPERM). {AllPermissions}"),
            RedisErrorKind.UnknownCommand when exception.Message.StartsWith("ERR unknown command", StringComparison.Ordinal) => Refused("It lacks a command. Redis 6.2 or later is needed."),
            RedisErrorKind.NoScript => Refused("It forgot a script at once. Try again."),
            // Within a script: what it did before stays.
            _ when Permission(exception) is { } right => new StateUnavailableException($"Redis at {servers} refuses a command of a script. {right}", writes, exception),
            _ => new StateUnavailableException($"Redis at {servers} answered with an error: {exception.Message}", writes, exception),
        };

        StateUnavailableException Refused(string why) =>
            new($"Redis at {servers} refuses the command, so nothing was written. {why}", false, exception);
    }

    /// <summary>The right that a user lacks by the server's reply, and what to do; null = it is another fault.</summary>
    private static string? Permission(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            // In a script the error has no code of its own: "The user executing the script can't run this command".
            var inScript = exception.Message.Contains("user executing the script can't", StringComparison.Ordinal);
            if (!inScript && !exception.Message.Contains("NOPERM", StringComparison.Ordinal)
                && exception is not RedisServerException { Kind: RedisErrorKind.NoPermission or RedisErrorKind.NotPermitted }) continue;
            var command = inScript && exception.Message.Contains("run this command", StringComparison.Ordinal) ? RedisScript.CommandAt(exception.Message)
                : ForbiddenCommand().Match(exception.Message) is { Success: true } match ? match.Groups[1].Value
                : null;
            var right = command is not null ? $"+{command.ToLowerInvariant()}"
                : exception.Message.Contains("run this command", StringComparison.Ordinal) ? null
                : exception.Message.Contains("channel", StringComparison.OrdinalIgnoreCase) ? "&PREFIX:*, where PREFIX is RedisStateOptions.KeyPrefix"
                : exception.Message.Contains("key", StringComparison.OrdinalIgnoreCase) ? "~PREFIX:*, where PREFIX is RedisStateOptions.KeyPrefix"
                : null;
            return right is null ? $"The user lacks a permission (NOPERM). {AllPermissions}" : $"The user lacks the permission (NOPERM) {right}. {AllPermissions}";
        }
        return null;
    }

    private static T? Has<T>(Exception? exception) where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is T found) return found;
        return null;
    }

    /// <summary>What sort of error it is; Redis 6.2 wraps those of a script's commands in an error of its own.</summary>
    private static RedisErrorKind Kind(RedisServerException exception) => exception.Kind is not RedisErrorKind.UnknownCommand ? exception.Kind
        : exception.Message.Contains(": -READONLY ", StringComparison.Ordinal) ? RedisErrorKind.ReadOnly
        : exception.Message.Contains(": -OOM ", StringComparison.Ordinal) ? RedisErrorKind.OutOfMemory
        : exception.Message.Contains(": -NOREPLICAS ", StringComparison.Ordinal) ? RedisErrorKind.NoReplicas
        : exception.Message.Contains(": -MISCONF ", StringComparison.Ordinal) ? RedisErrorKind.Misconfigured
        : RedisErrorKind.UnknownCommand;

    private static bool IsUnsent(CommandStatus status) => status is CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog;

    [GeneratedRegex(@"'([A-Za-z|.-]{1,40})' (?:sub)?command")]
    private static partial Regex ForbiddenCommand();
}
