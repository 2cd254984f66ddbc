namespace BluePlan.State.Storage;

/// <summary>What an opening read of one partition and found undamaged, to be built when it is needed.</summary>
internal sealed class PartitionContents(int number)
{
    private readonly List<JournalFrames> _frames = [];
    private IReadOnlyList<SnapshotBlock> _blocks = [];

    public static PartitionContents[] For(int partitionCount) => [.. Enumerable.Range(0, partitionCount).Select(static n => new PartitionContents(n))];

    public void Add(IEnumerable<SnapshotBlock> blocks) => _blocks = [.. blocks];

    public void Add(JournalFrames frames) => _frames.Add(frames);

    /// <summary>Builds it while the store is open.</summary>
    /// <inheritdoc cref="Build"/>
    public KeyTable BuildLater()
    {
        try
        {
            return Build();
        }
        catch (StateCorruptionException exception)
        {
            throw StoreErrors.Advised($"{exception.Message} This partition cannot be used; the others can. Close the store to mend it.", exception);
        }
    }

    /// <exception cref="StateCorruptionException">Something in it was never written.</exception>
    public KeyTable Build()
    {
        var partition = new Partition(number);
        if (_blocks.Count > 0) partition.Replace(SnapshotBlock.Build(_blocks), 0);
        foreach (var frames in _frames) frames.ApplyTo(partition);
        return partition.Keys;
    }
}
