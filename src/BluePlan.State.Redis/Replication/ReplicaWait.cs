using System.Globalization;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Asks one server by WAIT how many replicas hold what was written on it. Callers that come while one WAIT is on its way share the next, as in a group commit.</summary>
/// <remarks>
/// Newer servers remember of a connection only what it wrote itself, and a commit that finds nothing to do writes nothing. So a token is written before each WAIT: replicas that hold it hold all that the server held before.
/// </remarks>
/// <param name="server">The server.</param>
/// <param name="database">The number of its database.</param>
/// <param name="replicas">How many are enough.</param>
/// <param name="timeout">How long the server waits for them.</param>
internal sealed class ReplicaWait(IServer server, int database, int replicas, TimeSpan timeout)
{
    private const int TokenMilliseconds = 1000;
    private readonly object[] _arguments = [replicas.ToString(CultureInfo.InvariantCulture), ((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)];
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private Task<ReplicaAnswer>? _next;
    private byte[]? _name; // of the next turn

    /// <summary>Asks how many replicas hold what the server held before this call.</summary>
    /// <param name="name">A key of the server, beside which the token is written; null if none is known.</param>
    public Task<ReplicaAnswer> AskAsync(byte[]? name)
    {
        lock (_gate)
        {
            _name ??= name;
            return _next ??= NextAsync(_running);
        }
    }

    private async Task<ReplicaAnswer> NextAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<RedisResult> wait;
        Task<RedisResult>? token;
        lock (_gate)
        {
            token = _name is null ? null : server.ExecuteAsync(database, "SET", [RedisKeys.TokenOf(_name), "", "PX", TokenMilliseconds], CommandFlags.NoRedirect);
            wait = server.ExecuteAsync("WAIT", _arguments, CommandFlags.NoRedirect);
            (_running, _next, _name) = (_next!, null, null);
        }
        var confirmed = (long)await wait.ConfigureAwait(false);
        try
        {
            if (token is not null) await token.ConfigureAwait(false);
            return new(confirmed, token is not null);
        }
        catch (RedisException exception) when (exception is RedisServerException || IsElsewhere(exception))
        {
            // Its memory is full, or the slot is on its way to another server.
            return new(confirmed, HasToken: false);
        }
    }

    /// <summary>The client says of a slot that has moved that it cannot connect, though the server has just answered the WAIT.</summary>
    private static bool IsElsewhere(RedisException exception) =>
        exception is RedisConnectionException { FailureType: ConnectionFailureType.UnableToConnect, CommandStatus: CommandStatus.Unknown };
}
