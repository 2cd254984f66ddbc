using System.Net;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Says in the contract's words what went wrong with Redis, and whether a write may have happened all the same.</summary>
internal static class RedisFaults
{
    /// <summary>Whether a primary refuses to write for now but can be read. What is read-only is a replica, which may not have heard of the last writes.</summary>
    public static bool RefusesWrites(RedisServerException exception) => Kind(exception) is RedisErrorKind.OutOfMemory or RedisErrorKind.NoReplicas or RedisErrorKind.Misconfigured;

    /// <summary>Whether the keys are on their way to another node, so that the command was not run.</summary>
    public static bool IsMoving(RedisServerException exception) => exception.Kind is RedisErrorKind.TryAgain or RedisErrorKind.Moved or RedisErrorKind.Ask;

    /// <summary>Whether it is an exception of the client or server, which callers of the contract do not know.</summary>
    public static bool IsFault(Exception exception) => exception is RedisException or TimeoutException;

    /// <summary>What the contract throws when no connection can be made.</summary>
    /// <param name="servers">Whom it was tried with.</param>
    /// <param name="cause">What the client says; null = nothing.</param>
    public static StateUnavailableException NotConnected(IEnumerable<EndPoint> servers, Exception? cause)
    {
        var names = string.Join(", ", servers.Select(static server => server is DnsEndPoint { Host: var host, Port: var port } ? port == 0 ? host : $"{host}:{port}" : server.ToString()));
        return new(cause switch
        {
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => $"Redis at {names} refuses the user or the password (or the TLS certificate is not trusted). Check the connection string.",
            TimeoutException => $"Redis at {names} did not answer within the time to connect. Check the address and the server, or raise connectTimeout.",
            _ => $"Redis at {names} cannot be reached. Check that it runs, and that the connection string names it.",
        }, mayHaveBeenWritten: false, cause);
    }

    /// <summary>What the contract throws when replicas have not confirmed a commit.</summary>
    /// <param name="why">What happened.</param>
    /// <param name="cause">What the client says; null = nothing.</param>
    public static StateUnavailableException Unconfirmed(string why, Exception? cause) =>
        new($"The commit is on the primary of Redis, but {why}: a failover may lose it. Read before repeating it, or repeat only what is idempotent.", mayHaveBeenWritten: true, cause);

    /// <summary>What the contract throws instead.</summary>
    /// <param name="exception">What the client threw.</param>
    /// <param name="writes">Whether the command would have written.</param>
    public static Exception Translate(Exception exception, bool writes) => exception switch
    {
        RedisServerException server => Translate(server, writes),
        RedisConnectionException connection when IsUnsent(connection.CommandStatus) => Unavailable("Redis cannot be reached. Check the server and the connection string; nothing was sent.", false, exception),
        RedisConnectionException => Unavailable("The connection to Redis broke before the answer came.", writes, exception),
        RedisTimeoutException timeout when IsUnsent(timeout.Commandstatus) => Unavailable("Redis could not be reached in time; nothing was sent.", false, exception),
        TimeoutException => Unavailable("Redis did not answer in time. Check its load, or raise the connection's timeout.", writes, exception),
        RedisCommandException => Unavailable("The Redis client refuses the command; nothing was sent.", false, exception),
        _ => Unavailable("Redis failed.", writes, exception),
    };

    private static Exception Translate(RedisServerException exception, bool writes) => Kind(exception) switch
    {
        RedisErrorKind.WrongType => new StateCorruptionException("A key of the store holds another type than was written. Somebody else writes under its prefix.", inner: exception),
        RedisErrorKind.ReadOnly => Refused("It is a read-only replica. Connect to the primary, or to all nodes.", exception),
        RedisErrorKind.OutOfMemory => Refused("Its memory limit is reached. Raise maxmemory or remove data.", exception),
        RedisErrorKind.NoReplicas => Refused("Too few replicas are connected (min-replicas-to-write).", exception),
        RedisErrorKind.Misconfigured => Refused("It cannot persist its data. Look into its log.", exception),
        RedisErrorKind.Loading => Refused("It is still loading its data. Try again soon.", exception),
        RedisErrorKind.Busy => Refused("A script keeps it busy. Try again, or end the script with SCRIPT KILL.", exception),
        RedisErrorKind.ClusterDown => Refused("The cluster is down, or a part of its slots is not served.", exception),
        RedisErrorKind.MasterDown => Refused("It is a replica without its primary.", exception),
        RedisErrorKind.TryAgain or RedisErrorKind.Moved or RedisErrorKind.Ask => Refused("The slot is being moved to another node. Try again.", exception),
        RedisErrorKind.MaxClients => Refused("It has too many clients.", exception),
        RedisErrorKind.NoAuth or RedisErrorKind.WrongPass => Refused("User or password is wrong.", exception),
        RedisErrorKind.NoPermission or RedisErrorKind.NotPermitted => Refused("The user lacks a permission that the store needs.", exception),
        RedisErrorKind.UnknownCommand when exception.Message.StartsWith("ERR unknown command", StringComparison.Ordinal) => Refused("It lacks a command. Redis 6.2 or later is needed.", exception),
        RedisErrorKind.NoScript => Refused("It forgot a script at once. Try again.", exception),
        _ => Unavailable($"Redis answered with an error: {exception.Message}", writes, exception),
    };

    /// <summary>What sort of error it is; Redis 6.2 wraps those of a script's commands in an error of its own.</summary>
    private static RedisErrorKind Kind(RedisServerException exception) => exception.Kind is not RedisErrorKind.UnknownCommand ? exception.Kind
        : exception.Message.Contains(": -READONLY ", StringComparison.Ordinal) ? RedisErrorKind.ReadOnly
        : exception.Message.Contains(": -OOM ", StringComparison.Ordinal) ? RedisErrorKind.OutOfMemory
        : exception.Message.Contains(": -NOREPLICAS ", StringComparison.Ordinal) ? RedisErrorKind.NoReplicas
        : exception.Message.Contains(": -MISCONF ", StringComparison.Ordinal) ? RedisErrorKind.Misconfigured
        : RedisErrorKind.UnknownCommand;

    private static bool IsUnsent(CommandStatus status) => status is CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog;

    private static StateUnavailableException Refused(string why, Exception inner) => Unavailable($"Redis refuses the command, so nothing was written. {why}", false, inner);

    private static StateUnavailableException Unavailable(string message, bool mayHaveBeenWritten, Exception inner) => new(message, mayHaveBeenWritten, inner);
}
