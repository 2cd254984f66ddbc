using System.Globalization;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Asks one server by WAIT how many replicas hold what was written on our connection to it. Whoever comes while one WAIT is on its way shares the next with all others, as in a group commit.</summary>
/// <param name="server">The server.</param>
/// <param name="replicas">How many are enough.</param>
/// <param name="timeout">How long the server waits for them.</param>
internal sealed class ReplicaWait(IServer server, int replicas, TimeSpan timeout)
{
    private readonly object[] _arguments = [replicas.ToString(CultureInfo.InvariantCulture), ((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)];
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private Task<long>? _next;

    /// <summary>How many replicas have confirmed everything whose answer had come before this call.</summary>
    public Task<long> ConfirmedAsync()
    {
        lock (_gate) return _next ??= NextAsync(_running);
    }

    private async Task<long> NextAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<RedisResult> wait;
        lock (_gate)
        {
            (_running, _next) = (_next!, null);
            wait = server.ExecuteAsync("WAIT", _arguments, CommandFlags.NoRedirect);
        }
        return (long)await wait.ConfigureAwait(false);
    }
}
