namespace BluePlan.State.Storage;

/// <summary>The files of a store by their names, for the process that owns it and for one that looks at it.</summary>
/// <param name="folder">The open directory.</param>
/// <param name="path">Its path as messages show it.</param>
internal sealed class StoreFiles(IStoreFolder folder, string path)
{
    /// <summary>The directory's path as messages show it.</summary>
    public string Path => path;

    /// <summary>Whether there is a marker, without which the directory holds no store.</summary>
    public bool HasMarker => folder.List().Contains(StoreNames.Marker);

    /// <summary>A file's path as messages show it.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(path, name);

    /// <summary>The numbers of the journal's segments, rising.</summary>
    public List<long> Segments() => [.. folder.List().Select(static n => StoreNames.IsSegment(n, out var number) ? number : 0).Where(static n => n > 0).Order()];

    /// <summary>The numbers of the snapshots, rising.</summary>
    public List<long> Snapshots() => [.. folder.List().Select(static n => StoreNames.IsSnapshot(n, out var number) ? number : 0).Where(static n => n > 0).Order()];

    /// <summary>The bytes of an open file.</summary>
    /// <exception cref="StateCorruptionException">It became shorter meanwhile.</exception>
    public byte[] Read(string name, IStoreFile file)
    {
        var bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length ? bytes : throw new StateCorruptionException($"'{PathOf(name)}' became shorter while it was read, at byte {bytes.Length}.");
    }

    /// <summary>Reads the marker from an open file.</summary>
    /// <exception cref="StateCorruptionException">It is damaged.</exception>
    public StoreMarker ReadMarker(IStoreFile file)
    {
        var bytes = new byte[StoreMarker.Bytes + 1];
        return StoreMarker.Decode(bytes.AsSpan(0, file.Read(bytes, 0)), PathOf(StoreNames.Marker));
    }

    /// <summary>Refuses a store that has another number of partitions than is expected.</summary>
    /// <param name="marker">The store's marker.</param>
    /// <param name="expected">The number; null = any.</param>
    /// <exception cref="StateOpenException">It has another one.</exception>
    public void CheckPartitionCount(StoreMarker marker, int? expected)
    {
        if (expected is not { } count || marker.PartitionCount == count) return;
        throw new StateOpenException(
            $"The store in '{path}' has {marker.PartitionCount} partitions, but PartitionCount is {count}. The number is fixed when a store is created. Set PartitionCount to {marker.PartitionCount}, or leave it out.", StateOpenFault.PartitionCount);
    }

    /// <summary>A directory that a mode which creates nothing does not open.</summary>
    /// <param name="path">The directory's path as messages show it.</param>
    /// <param name="mode">The mode.</param>
    public static StateOpenException NotFound(string path, StateOpenMode mode) => new(
        $"The directory '{path}' holds no store, and the mode {mode} creates none. Correct the path, or open it with the mode {StateOpenMode.Create}.", StateOpenFault.NotFound);
}
