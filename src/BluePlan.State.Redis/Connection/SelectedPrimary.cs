using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Lets the client select the primary: of a cluster the one that has the key, else the only one.</summary>
internal sealed class SelectedPrimary(IDatabase database) : PrimaryCommands
{
    public override Task<bool> SetAsync(RedisKey key, RedisValue value, TimeSpan? lifetime) => database.StringSetAsync(key, value, lifetime, When.Always);

    public override Task<bool> DeleteAsync(RedisKey key) => database.KeyDeleteAsync(key);

    public override Task<long> DeleteAsync(RedisKey[] keys) => database.KeyDeleteAsync(keys);

    public override Task<RedisValue> SlideAsync(RedisKey key, TimeSpan window) => database.StringGetSetExpiryAsync(key, window, RedisConnection.OnPrimary);

    public override Task<HashEntry[]> FieldsAsync(RedisKey key) => database.HashGetAllAsync(key, RedisConnection.OnPrimary);

    public override Task<RedisValue[]> FieldsAsync(RedisKey key, RedisValue[] fields) => database.HashGetAsync(key, fields, RedisConnection.OnPrimary);

    public override Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values) => database.ScriptEvaluateAsync(script.Hash, keys, values, RedisConnection.OnPrimary);

    public override Task<RedisResult> EvaluateTextAsync(RedisScript script, RedisKey[] keys, RedisValue[] values) =>
        database.ScriptEvaluateAsync(script.Text, keys, values, RedisConnection.OnPrimary | CommandFlags.NoScriptCache);

    public override Task<RedisResult> ExecuteAsync(string command, params object[] arguments) => database.ExecuteAsync(command, arguments, RedisConnection.OnPrimary);
}
