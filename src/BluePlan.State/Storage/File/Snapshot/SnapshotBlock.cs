namespace BluePlan.State.Storage;

/// <summary>A block of a snapshot that was read and is undamaged: some of a partition's keys.</summary>
/// <param name="path">The snapshot.</param>
/// <param name="offset">Where in it the block stands.</param>
/// <param name="partition">The partition.</param>
/// <param name="keys">How many keys the whole partition has.</param>
/// <param name="bytes">The block with its header.</param>
internal sealed class SnapshotBlock(string path, long offset, int partition, int keys, byte[] bytes)
{
    private const int LeastRecordBytes = 9;

    public int Partition => partition;

    /// <summary>Builds what the blocks of one partition hold.</summary>
    /// <exception cref="StateCorruptionException">They hold something that was never written.</exception>
    public static KeyTable Build(IReadOnlyList<SnapshotBlock> blocks)
    {
        // How many keys there are is only said; a record takes some bytes.
        var table = new KeyTable((int)Math.Clamp(blocks[0].Keys, 0, blocks.Sum(static b => (long)b.Bytes) / LeastRecordBytes));
        var parts = new List<StateRecord>();
        foreach (var block in blocks) block.AddTo(table, parts);
        Complete(table, parts);
        return table;
    }

    public static StateCorruptionException Damaged(string path, long offset, Exception? inner = null) =>
        new($"The snapshot '{path}' is damaged, at byte {offset}: what is there is not what was written.", null, inner);

    private int Keys => keys;

    private int Bytes => bytes.Length;

    private void AddTo(KeyTable table, List<StateRecord> parts)
    {
        var rest = bytes.AsSpan(SnapshotFormat.BlockHeaderBytes);
        while (!rest.IsEmpty)
        {
            var record = ReadRecord(rest, out var consumed);
            rest = rest[consumed..];
            if (record.Key.Partition != partition || (record.Continues && (parts.Count == 0 || parts[0].Key != record.Key))) throw Damaged(path, offset);
            if (!record.Continues) Complete(table, parts);
            parts.Add(record);
        }
    }

    private StateRecord ReadRecord(ReadOnlySpan<byte> source, out int consumed)
    {
        try
        {
            return StateRecordCodec.Read(source, out consumed);
        }
        catch (StateCorruptionException exception)
        {
            throw Damaged(path, offset, exception);
        }
    }

    private static void Complete(KeyTable table, List<StateRecord> parts)
    {
        if (parts.Count == 0) return;
        table.Set(parts[0].Key, StoredParts.Build(parts, table.Epoch), 0);
        parts.Clear();
    }
}
