using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>Everything that a store shows, so that two stores can be compared, and a test that fails shows where they differ.</summary>
public static class StoreContents
{
    /// <summary>Exports a store: each key with its whole content, expiry, ETag, sequences and ids as text.</summary>
    public static async Task<SortedDictionary<string, string>> OfAsync(IStateProvider provider)
    {
        var exported = await ExportedStore.OfAsync(provider);
        return new(exported.Contents.ToDictionary(static item => item.Key.ToString(), static item => ExportedStore.Picture(item.Value)), StringComparer.Ordinal);
    }
}
