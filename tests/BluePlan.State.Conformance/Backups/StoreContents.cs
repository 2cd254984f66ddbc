using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>Everything that a store shows, so that two stores can be compared, and a test that fails shows where they differ.</summary>
public static class StoreContents
{
    /// <summary>Exports a store: each key with its whole content, expiry, ETag, sequences and ids as text.</summary>
    public static async Task<SortedDictionary<string, string>> OfAsync(IStateProvider provider)
    {
        var exported = await ExportedStore.OfAsync(provider);
        return new(exported.Contents.ToDictionary(static item => NameOf(item.Key), static item => ExportedStore.Picture(item.Value)), StringComparer.Ordinal);
    }

    /// <summary>A key in full, which it does not print of itself.</summary>
    public static string NameOf(StateKey key) => $"{key.Partition}/{key.Shape}/{key.Type}/{key.Id}";
}
