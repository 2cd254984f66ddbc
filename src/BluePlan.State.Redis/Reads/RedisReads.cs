using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Answers a question of any shape by one command or script.</summary>
internal sealed class RedisReads(RedisConnection connection, RedisKeys keys, ServerClock clock)
{
    private readonly DocumentReads _documents = new(connection, keys, clock);
    private readonly MapReads _maps = new(keys);
    private readonly LogReads _logs = new(connection, keys);
    private readonly IndexReads _indexes = new(connection, keys);

    /// <summary>Answers; null when the key is absent or expired.</summary>
    /// <param name="target">The database, or a batch of it.</param>
    /// <param name="read">The question.</param>
    public Task<StateContent?> ReadAsync(IDatabaseAsync target, StateRead read) => read switch
    {
        DocumentRead document => _documents.ReadAsync(target, document),
        MapRead map => _maps.ReadAsync(target, map),
        LogRead log => _logs.ReadAsync(target, log),
        IndexRead index => _indexes.ReadAsync(target, index),
        UnionRead union => _indexes.ReadAsync(target, union),
        _ => throw new InvalidOperationException($"Unknown read {read.GetType().Name}."),
    };
}
