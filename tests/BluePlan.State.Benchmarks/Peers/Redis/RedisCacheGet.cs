using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;

namespace BluePlan.State.Benchmarks;

/// <summary>Microsoft's distributed cache with a sliding expiration, and the JSON a host adds to it.</summary>
internal sealed class RedisCacheGet(RedisServer server, int sessions) : IContestant
{
    private static readonly DistributedCacheEntryOptions Expiration = new() { SlidingExpiration = TimeSpan.FromHours(1) };
    private readonly string[] _keys = [.. Enumerable.Range(0, sessions).Select(static i => $"session:{i:x32}")];
    private RedisCache _cache = null!;

    public string Name => "Microsoft RedisCache + JSON";

    public string Configuration => "Microsoft.Extensions.Caching.StackExchangeRedis, SlidingExpiration of one hour, GetAsync, then source-generated JSON of the same fields";

    public async ValueTask OpenAsync()
    {
        _cache = new(new RedisCacheOptions { Configuration = server.ConnectionString, InstanceName = "cache:" });
        for (var i = 0; i < sessions; i++)
            await _cache.SetAsync(_keys[i], JsonSerializer.SerializeToUtf8Bytes(new($"user-{i % 1_000}", 1_767_225_600_000, 1_767_225_600_000, "active", ChatState.Of(i)), BenchmarkJson.Default.CachedSession), Expiration);
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        var bytes = await _cache.GetAsync(_keys[number % _keys.Length]) ?? throw new InvalidOperationException("A session is gone.");
        if (JsonSerializer.Deserialize(bytes, BenchmarkJson.Default.CachedSession) is null) throw new InvalidOperationException("A session is null.");
    }

    public ValueTask DisposeAsync()
    {
        _cache.Dispose();
        return ValueTask.CompletedTask;
    }
}
