using System.Globalization;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Sends everything to one server by its name, where the client could select another one as well.</summary>
internal sealed class NamedPrimary(IServer server, int database) : PrimaryCommands
{
    public override async Task<bool> SetAsync(RedisKey key, RedisValue value, TimeSpan? lifetime) =>
        !(lifetime is { } window ? await ExecuteAsync("SET", key, value, "PX", Milliseconds(window)).ConfigureAwait(false) : await ExecuteAsync("SET", key, value).ConfigureAwait(false)).IsNull;

    public override async Task<bool> DeleteAsync(RedisKey key) => await DeleteAsync([key]).ConfigureAwait(false) > 0;

    public override async Task<long> DeleteAsync(RedisKey[] keys) => (long)await ExecuteAsync("UNLINK", [.. keys.Select(static key => (object)key)]).ConfigureAwait(false);

    public override async Task<RedisValue> SlideAsync(RedisKey key, TimeSpan window) => (RedisValue)await ExecuteAsync("GETEX", key, "PX", Milliseconds(window)).ConfigureAwait(false);

    public override async Task<HashEntry[]> FieldsAsync(RedisKey key)
    {
        var flat = (RedisValue[])(await ExecuteAsync("HGETALL", key).ConfigureAwait(false))!;
        return [.. Enumerable.Range(0, flat.Length / 2).Select(i => new HashEntry(flat[2 * i], flat[2 * i + 1]))];
    }

    public override async Task<RedisValue[]> FieldsAsync(RedisKey key, RedisValue[] fields) =>
        (RedisValue[])(await ExecuteAsync("HMGET", [key, .. fields.Select(static field => (object)field)]).ConfigureAwait(false))!;

    public override Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values) => ExecuteAsync("EVALSHA", Arguments(script.HashText, keys, values));

    public override Task<RedisResult> EvaluateTextAsync(RedisScript script, RedisKey[] keys, RedisValue[] values) => ExecuteAsync("EVAL", Arguments(script.Text, keys, values));

    public override Task<RedisResult> ExecuteAsync(string command, params object[] arguments) => server.ExecuteAsync(database, command, arguments, RedisConnection.OnPrimary | CommandFlags.NoRedirect);

    /// <summary>The arguments of EVAL and EVALSHA.</summary>
    public static object[] Arguments(string script, RedisKey[] keys, RedisValue[] values) =>
        [script, keys.Length, .. keys.Select(static key => (object)key), .. values.Select(static value => (object)value)];

    private static string Milliseconds(TimeSpan window) => ((long)window.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
