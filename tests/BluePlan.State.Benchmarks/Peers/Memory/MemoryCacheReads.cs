using Microsoft.Extensions.Caching.Memory;

namespace BluePlan.State.Benchmarks;

/// <summary>MemoryCache, its values byte arrays.</summary>
/// <param name="name">What the tables call it.</param>
/// <param name="items">How many items there are.</param>
/// <param name="slides">Whether their expiration slides, else it is a fixed instant.</param>
internal sealed class MemoryCacheReads(string name, int items, bool slides) : IContestant
{
    private readonly string[] _keys = [.. Enumerable.Range(0, items).Select(static i => $"/document-{i:d10}")];
    private readonly MemoryCache _cache = new(new MemoryCacheOptions());

    public string Name => name;

    public string Configuration => $"MemoryCache.TryGetValue of {items:N0} items, {(slides ? "SlidingExpiration" : "AbsoluteExpirationRelativeToNow")} of one hour";

    public int OperationsPerCall => MemoryReads.PerCall;

    public ValueTask OpenAsync()
    {
        var hour = TimeSpan.FromHours(1);
        for (var i = 0; i < items; i++) _cache.Set(_keys[i], Texts.Value(i), slides ? new MemoryCacheEntryOptions { SlidingExpiration = hour } : new() { AbsoluteExpirationRelativeToNow = hour });
        return ValueTask.CompletedTask;
    }

    public ValueTask CallAsync(int caller, long number)
    {
        for (var i = 0; i < MemoryReads.PerCall; i++)
            if (!_cache.TryGetValue(_keys[MemoryReads.Item(number, i, _keys.Length)], out byte[]? value) || value is null) throw new InvalidOperationException("An item is gone.");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _cache.Dispose();
        return ValueTask.CompletedTask;
    }
}
