using StackExchange.Redis;

namespace BluePlan.State.Benchmarks;

/// <summary>The command itself, on keys and bytes like our sessions': nothing is decoded.</summary>
internal sealed class RawGetEx(RedisServer server, byte[] value, int keys) : IContestant
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private readonly RedisKey[] _keys = [.. Enumerable.Range(0, keys).Select(static i => (RedisKey)$"raw:{{{i % 32}}}:d:session:/{i:x32}")];
    private ConnectionMultiplexer _connection = null!;
    private IDatabase _database = null!;

    public string Name => "raw GETEX";

    public string Configuration => $"StackExchange.Redis IDatabase.StringGetSetExpiryAsync of {keys:N0} keys that hold the same bytes as a session of ours";

    public async ValueTask OpenAsync()
    {
        _connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        _database = _connection.GetDatabase();
        foreach (var key in _keys) await _database.StringSetAsync(key, value, Window);
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        if ((await _database.StringGetSetExpiryAsync(_keys[number % _keys.Length], Window)).IsNull) throw new InvalidOperationException("A key is gone.");
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
