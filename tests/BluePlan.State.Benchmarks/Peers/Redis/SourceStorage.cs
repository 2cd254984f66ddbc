using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StackExchange.Redis;

namespace BluePlan.State.Benchmarks;

/// <summary>The source document's RedisManager, its commands one for one: <c>set_data</c> is SET and then EXPIRE, <c>get_data</c> is GET; its JSON by source generation.</summary>
internal sealed class SourceStorage(string connectionString) : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection = ConnectionMultiplexer.Connect(connectionString);

    public async Task SetAsync<T>(string key, T value, JsonTypeInfo<T> info, TimeSpan? expire = null)
    {
        var database = _connection.GetDatabase();
        await database.StringSetAsync(key, JsonSerializer.SerializeToUtf8Bytes(value, info));
        if (expire is { } time) await database.KeyExpireAsync(key, time);
    }

    public async Task<T?> GetAsync<T>(string key, JsonTypeInfo<T> info) where T : class =>
        (byte[]?)await _connection.GetDatabase().StringGetAsync(key) is { } bytes ? JsonSerializer.Deserialize(bytes, info) : null;

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
