using System.Globalization;
using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Runs the scripts of commits, each of which counts as done only when enough replicas have confirmed it.</summary>
/// <remarks>
/// WAIT tells about writes of the connection that it is sent on, and a new connection has none: to a primary that restarted or took over, it would say yes about a commit that is gone. So a commit goes to a
/// server that is named, without redirection, its WAIT to the same one, and the answer counts only when the client has made no other connection to it in between, by its own count of sockets.
/// </remarks>
/// <param name="connection">The connection that commits are sent on. WAIT blocks it.</param>
/// <param name="replicas">How many replicas must confirm.</param>
/// <param name="timeout">How long they have.</param>
internal sealed class ReplicatedCommits(RedisConnection connection, int replicas, TimeSpan timeout)
{
    private readonly ConditionalWeakTable<IServer, ReplicaWait> _waits = [];

    /// <summary>Checks that the servers know WAIT and the user may send it.</summary>
    public async Task CheckAsync()
    {
        foreach (var server in connection.Primaries().ToArray()) await server.ExecuteAsync("WAIT", ["0", "1"]).ConfigureAwait(false);
    }

    /// <summary>Runs a commit's script and waits for the replicas, also when a condition is not met: what it met may be a write, perhaps this very commit, that is not confirmed yet.</summary>
    /// <exception cref="StateUnavailableException">Too few replicas have confirmed it, or it is unknown whether they have.</exception>
    public async Task<RedisResult> EvaluateAsync(StateCommit commit, CommitRequest request)
    {
        var (names, values) = (request.Keys, request.Values);
        var server = Primary(names[0]);
        var sockets = Sockets(server);
        RedisResult reply;
        try
        {
            reply = await SendAsync(server, request.Script, names, values).ConfigureAwait(false);
        }
        catch (RedisException exception) when (IsElsewhere(exception, server, sockets))
        {
            return await FollowAsync(request, names, values).ConfigureAwait(false);
        }
        await ConfirmAsync(server, sockets, names[0]!, CommitReply.HasWritten(commit, reply)).ConfigureAwait(false);
        return reply;
    }

    /// <summary>Waits until replicas hold everything that the primary of a key holds now.</summary>
    /// <exception cref="StateUnavailableException">Too few replicas have confirmed it, or it is unknown whether they have.</exception>
    public Task ConfirmAsync(byte[] name)
    {
        var server = Primary(name);
        return ConfirmAsync(server, Sockets(server), name, hasWritten: false);
    }

    /// <summary>Lets the client follow the server's redirections while a slot moves. Any primary may have run the script then, so each is asked.</summary>
    private async Task<RedisResult> FollowAsync(CommitRequest request, RedisKey[] names, RedisValue[] values)
    {
        var before = connection.Primaries().ToDictionary(static server => server, Sockets);
        var reply = await connection.EvaluateAsync(request.Script, names, values).ConfigureAwait(false);
        // One that the client had not known before has its first connection.
        foreach (var server in connection.Primaries()) before.TryAdd(server, 1);
        await Task.WhenAll(before.Select(server => ConfirmAsync(server.Key, server.Value, null, hasWritten: true))).ConfigureAwait(false);
        return reply;
    }

    /// <param name="server">The server.</param>
    /// <param name="sockets">How often the client had connected to it before.</param>
    /// <param name="name">A key of the server; null if none is known.</param>
    /// <param name="hasWritten">Whether this process has written there what is to be confirmed, and not only seen it.</param>
    private async Task ConfirmAsync(IServer server, long sockets, byte[]? name, bool hasWritten)
    {
        ReplicaAnswer answer;
        try
        {
            answer = await _waits.GetValue(server, server => new(server, connection.Database.Database, replicas, timeout)).AskAsync(name).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Unconfirmed(server.EndPoint, "the connection to it failed before replicas confirmed it", exception);
        }
        if (answer.Confirmed < replicas) throw RedisFaults.Unconfirmed(server.EndPoint, string.Create(CultureInfo.InvariantCulture, $"{answer.Confirmed} of {replicas} replicas confirmed it within {timeout.TotalMilliseconds:0} ms"), null);
        if (!hasWritten && !answer.HasToken) throw RedisFaults.Unconfirmed(server.EndPoint, "the server refuses the write by which it would ask its replicas (its memory is full, or the slot is being moved)", null);
        if (Sockets(server) != sockets) throw RedisFaults.Unconfirmed(server.EndPoint, "the connection to it was made again before replicas confirmed it", null);
    }

    private async Task<RedisResult> SendAsync(IServer server, RedisScript script, RedisKey[] names, RedisValue[] values)
    {
        var arguments = NamedPrimary.Arguments(script.HashText, names, values);
        try
        {
            return await server.ExecuteAsync(connection.Database.Database, "EVALSHA", arguments, RedisConnection.OnPrimary | CommandFlags.NoRedirect).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Kind is RedisErrorKind.NoScript)
        {
            arguments[0] = script.Text;
            return await server.ExecuteAsync(connection.Database.Database, "EVAL", arguments, RedisConnection.OnPrimary | CommandFlags.NoRedirect).ConfigureAwait(false);
        }
    }

    private IServer Primary(RedisKey key)
    {
        if (connection.Route.Server is { } chosen) return chosen;
        try
        {
            return connection.Multiplexer.GetServer(key, flags: RedisConnection.OnPrimary);
        }
        catch (InvalidOperationException exception)
        {
            throw RedisFaults.NotConnected(connection.Multiplexer.GetEndPoints(), exception);
        }
    }

    /// <summary>Whether the server answered that another one has the keys, so that nothing was done. The client says of a slot that moves that it cannot connect, though it is.</summary>
    private static bool IsElsewhere(RedisException exception, IServer server, long sockets) => exception switch
    {
        RedisServerException answer => RedisFaults.IsMoving(answer),
        RedisConnectionException { FailureType: ConnectionFailureType.UnableToConnect, CommandStatus: CommandStatus.Unknown } => server.IsConnected && Sockets(server) == sockets,
        _ => false,
    };

    private static long Sockets(IServer server) => server.GetCounters().Interactive.SocketCount;
}
