using BluePlan.State.Storage;

namespace BluePlan.State.Benchmarks;

/// <summary>A document read from memory through the storage contract.</summary>
/// <param name="name">What the tables call it.</param>
/// <param name="items">How many documents there are.</param>
/// <param name="slides">Whether the read slides the expiry, else it is a peek.</param>
internal sealed class MemoryContractReads(string name, int items, bool slides) : IContestant
{
    private static readonly StateExpiry Window = StateExpiry.Sliding(TimeSpan.FromHours(1));
    private readonly InMemoryStateProvider _provider = new();
    private readonly StateKey[] _keys = [.. Enumerable.Range(0, items).Select(static i => new StateKey(i % 32, StateShape.Document, "bench", $"/document-{i:d10}"))];

    public string Name => name;

    public string Configuration => $"InMemoryStateProvider.ReadOneAsync(DocumentRead) of {items:N0} documents that expire in one hour{(slides ? ", slid" : "")}";

    public int OperationsPerCall => MemoryReads.PerCall;

    public async ValueTask OpenAsync()
    {
        await _provider.OpenAsync(32, CancellationToken.None);
        for (var i = 0; i < items; i++) await _provider.CommitAsync(new(new PutDocument(_keys[i], Texts.Value(i), slides ? Window : StateExpiry.After(Window.Window))), CancellationToken.None);
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        for (var i = 0; i < MemoryReads.PerCall; i++)
            if (await _provider.ReadOneAsync(new DocumentRead(_keys[MemoryReads.Item(number, i, _keys.Length)], slides ? Window : null), CancellationToken.None) is null) throw new InvalidOperationException("A document is gone.");
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
