using Microsoft.Extensions.Logging;

namespace BluePlan.State.Redis;

/// <summary>Warns, once, when a server may throw keys away to make room: a store on it forgets.</summary>
internal sealed partial class EvictionCheck(ILogger logger)
{
    private static readonly RedisScript Script = ScriptFiles.Load("eviction");
    private int _warned;

    public async Task CheckAsync(RedisConnection connection)
    {
        foreach (var server in connection.Primaries().ToArray())
        {
            if (Volatile.Read(ref _warned) != 0) return;
            var policy = (string?)await server.ExecuteAsync("EVAL", Script.Text, 0).ConfigureAwait(false);
            if (policy is not (null or "" or "noeviction") && Interlocked.Exchange(ref _warned, 1) == 0) LogEvicts(policy);
        }
    }

    [LoggerMessage(2003, LogLevel.Warning, "The Redis server evicts keys when its memory is full (maxmemory-policy {Policy}): sessions, messages and counts may vanish. Set it to noeviction.")]
    private partial void LogEvicts(string policy);
}
