using BluePlan.State.Storage;

namespace BluePlan.State.Benchmarks;

/// <summary>A document put through the storage contract, acknowledged when it is on the disk.</summary>
/// <param name="name">What the tables call it.</param>
/// <param name="keys">How many keys are written over and over.</param>
/// <param name="provider">The provider.</param>
internal sealed class DocumentPut(string name, int keys, IStateProvider provider) : IContestant
{
    private readonly StateKey[] _keys = [.. Enumerable.Range(0, keys).Select(static i => new StateKey(i % 32, StateShape.Document, "bench", $"key-{i:d8}"))];

    public string Name => name;

    public string Configuration => $"IStateProvider.CommitAsync(PutDocument) over {keys:N0} keys, FileDurability.Always";

    public async ValueTask OpenAsync()
    {
        await provider.OpenAsync(32, CancellationToken.None);
        await Fill.ManyAsync(keys, i => CallAsync(0, i).AsTask());
        // As OurStore.SettleAsync does.
        await provider.MaintainAsync(CancellationToken.None);
    }

    public async ValueTask CallAsync(int caller, long number) =>
        await provider.CommitAsync(new(new PutDocument(_keys[number % _keys.Length], Texts.Value(number))), CancellationToken.None);

    public ValueTask DisposeAsync() => provider.DisposeAsync();
}
