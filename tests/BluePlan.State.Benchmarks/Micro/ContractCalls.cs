using BenchmarkDotNet.Attributes;
using BluePlan.State.Storage;
using Microsoft.Extensions.Caching.Memory;

namespace BluePlan.State.Benchmarks;

/// <summary>What a provider in memory costs, beside MemoryCache.</summary>
[Config(typeof(MicroConfig))]
public class ContractCalls
{
    private static readonly StateExpiry Window = StateExpiry.Sliding(TimeSpan.FromHours(1));
    private static readonly StateKey Key = new(0, StateShape.Document, "bench", "/document");
    private readonly byte[] _value = Texts.Value(1);
    private InMemoryStateProvider _provider = null!;
    private MemoryCache _cache = null!;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _provider = new();
        await _provider.OpenAsync(32, CancellationToken.None);
        await Put();
        _cache = new(new MemoryCacheOptions());
        _cache.Set(Key.Id, _value, new MemoryCacheEntryOptions { SlidingExpiration = Window.Window });
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _provider.DisposeAsync();
        _cache.Dispose();
    }

    [Benchmark]
    public ValueTask<StateContent?> Peek() => _provider.ReadOneAsync(new DocumentRead(Key), CancellationToken.None);

    [Benchmark]
    public ValueTask<StateContent?> Touch() => _provider.ReadOneAsync(new DocumentRead(Key, Window), CancellationToken.None);

    [Benchmark]
    public ValueTask<CommitResult> Put() => _provider.CommitAsync(new(new PutDocument(Key, _value, Window)), CancellationToken.None);

    [Benchmark(Baseline = true)]
    public bool MemoryCacheGet() => _cache.TryGetValue(Key.Id, out byte[]? _);
}
