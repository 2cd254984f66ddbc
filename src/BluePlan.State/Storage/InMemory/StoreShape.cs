namespace BluePlan.State.Storage;

/// <summary>Checks of an import's arguments, in one place for memory and files.</summary>
internal static class StoreShape
{
    public static void CheckImport(IAsyncEnumerable<StateRecord> records, StateImportMode mode)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (mode is not (StateImportMode.Merge or StateImportMode.Replace)) throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown mode.");
    }
}
