using System.Collections.Concurrent;

namespace BluePlan.State.Benchmarks;

/// <summary>The least there is: a dictionary, without expiry, versions or copies.</summary>
internal sealed class DictionaryReads(int items) : IContestant
{
    private readonly string[] _keys = [.. Enumerable.Range(0, items).Select(static i => $"/document-{i:d10}")];
    private readonly ConcurrentDictionary<string, byte[]> _items = new(StringComparer.Ordinal);

    public string Name => "ConcurrentDictionary";

    public string Configuration => $"ConcurrentDictionary<string, byte[]>.TryGetValue of {items:N0} items";

    public int OperationsPerCall => MemoryReads.PerCall;

    public ValueTask OpenAsync()
    {
        for (var i = 0; i < items; i++) _items[_keys[i]] = Texts.Value(i);
        return ValueTask.CompletedTask;
    }

    public ValueTask CallAsync(int caller, long number)
    {
        for (var i = 0; i < MemoryReads.PerCall; i++)
            if (!_items.TryGetValue(_keys[MemoryReads.Item(number, i, _keys.Length)], out _)) throw new InvalidOperationException("An item is gone.");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
