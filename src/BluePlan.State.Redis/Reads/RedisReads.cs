using BluePlan.State.Storage;

namespace BluePlan.State.Redis;

/// <summary>Answers a question of any shape by one command or script.</summary>
internal sealed class RedisReads(RedisConnection connection, RedisKeys keys, ServerClock clock)
{
    private readonly DocumentReads _documents = new(connection, keys, clock);
    private readonly MapReads _maps = new(connection, keys);
    private readonly LogReads _logs = new(connection, keys);
    private readonly IndexReads _indexes = new(connection, keys);

    /// <summary>Whether it can be answered.</summary>
    public static bool Knows(StateRead read) => read is DocumentRead or MapRead or LogRead or TailRead or IndexRead or UnionRead;

    /// <summary>Answers; null when the key is absent or expired.</summary>
    /// <param name="read">The question.</param>
    public ValueTask<StateContent?> ReadAsync(StateRead read) => read switch
    {
        DocumentRead document => _documents.ReadAsync(document),
        MapRead map => _maps.ReadAsync(map),
        LogRead log => _logs.ReadAsync(log),
        TailRead tail => _logs.ReadAsync(tail),
        IndexRead index => _indexes.ReadAsync(index),
        UnionRead union => _indexes.ReadAsync(union),
        _ => throw new InvalidOperationException($"Unknown read {read.GetType().Name}."),
    };
}
