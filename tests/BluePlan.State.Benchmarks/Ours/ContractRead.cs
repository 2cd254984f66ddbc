using BluePlan.State.Storage;

namespace BluePlan.State.Benchmarks;

/// <summary>A document read through the storage contract, its expiry slid: what a manager asks of a provider, without the manager.</summary>
internal sealed class ContractRead(IStateProvider provider, ReadOnlyMemory<byte> value, int documents) : IContestant
{
    private static readonly StateExpiry Window = StateExpiry.Sliding(TimeSpan.FromHours(1));
    private readonly StateKey[] _keys = [.. Enumerable.Range(0, documents).Select(static i => new StateKey(i % 32, StateShape.Document, "bench", $"/document-{i:d10}"))];

    public string Name => "contract-level read with touch";

    public string Configuration => $"IStateProvider.ReadOneAsync(DocumentRead with a sliding window) of {documents:N0} documents with the bytes of a session";

    public async ValueTask OpenAsync()
    {
        await provider.OpenAsync(32, CancellationToken.None);
        await Fill.ManyAsync(documents, i => provider.CommitAsync(new(new PutDocument(_keys[i], value, Window)), CancellationToken.None).AsTask());
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        if (await provider.ReadOneAsync(new DocumentRead(_keys[number % _keys.Length], Window), CancellationToken.None) is null) throw new InvalidOperationException("A document is gone.");
    }

    public ValueTask DisposeAsync() => provider.DisposeAsync();
}
