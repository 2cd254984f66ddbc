using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>The commands that a store sends to its primary.</summary>
internal abstract class PrimaryCommands
{
    public abstract Task<bool> SetAsync(RedisKey key, RedisValue value, TimeSpan? lifetime);

    public abstract Task<bool> DeleteAsync(RedisKey key);

    public abstract Task<long> DeleteAsync(RedisKey[] keys);

    /// <summary>GETEX: the value, whose lifetime begins anew.</summary>
    public abstract Task<RedisValue> SlideAsync(RedisKey key, TimeSpan window);

    public abstract Task<HashEntry[]> FieldsAsync(RedisKey key);

    public abstract Task<RedisValue[]> FieldsAsync(RedisKey key, RedisValue[] fields);

    /// <summary>EVALSHA, which fails when the server does not know the script.</summary>
    public abstract Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values);

    /// <summary>EVAL.</summary>
    public abstract Task<RedisResult> EvaluateTextAsync(RedisScript script, RedisKey[] keys, RedisValue[] values);

    public abstract Task<RedisResult> ExecuteAsync(string command, params object[] arguments);
}
