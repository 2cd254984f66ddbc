using System.Buffers.Binary;

namespace BluePlan.State.Storage;

/// <summary>Loads a snapshot into an engine, partitions beside each other.</summary>
internal sealed class SnapshotReader : IDisposable
{
    private readonly IStoreFile _file;
    private readonly string _path;
    private readonly List<Block> _blocks = [];

    private SnapshotReader(IStoreFile file, string path) => (_file, _path) = (file, path);

    public SnapshotHeader Header { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>For each partition, the sequence of the last commit that is in the snapshot.</summary>
    public long[] Positions { get; private set; } = [];

    /// <summary>Opens a snapshot and finds its blocks.</summary>
    /// <exception cref="StateCorruptionException">It is not whole, or not this store's.</exception>
    public static SnapshotReader Open(IFileSystem files, string path, UInt128 storeId, int partitionCount, long segmentNumber)
    {
        var reader = new SnapshotReader(files.OpenRead(path), path);
        try
        {
            reader.Read(storeId, partitionCount, segmentNumber);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public void Load(StateEngine engine) => PartitionWork.Run(_blocks.GroupBy(static b => b.Partition), blocks => Load(engine.Partitions[blocks.Key], blocks));

    public void Dispose() => _file.Dispose();

    private void Read(UInt128 storeId, int partitionCount, long segmentNumber)
    {
        Bytes = _file.Length;
        Header = SnapshotFormat.ReadHeader(Read(0, SnapshotFormat.HeaderBytes), _path);
        if (Header.Store.Id != storeId) throw new StateCorruptionException($"The snapshot '{_path}' belongs to another store.");
        if (Header.Store.PartitionCount != partitionCount || Header.SegmentNumber != segmentNumber) throw new StateCorruptionException($"The snapshot '{_path}' is not the one that its name and its store say.");
        long offset = SnapshotFormat.HeaderBytes;
        for (var number = 0; ; number++)
        {
            var (body, partition, keys) = SnapshotFormat.ReadBlockHeader(Read(offset, SnapshotFormat.BlockHeaderBytes));
            if (body < 0 || body > Bytes - offset - SnapshotFormat.BlockHeaderBytes) throw Damaged(offset);
            var block = new Block(number, offset, SnapshotFormat.BlockHeaderBytes + body, partition, keys);
            offset += block.Length;
            if (partition == SnapshotFormat.EndPartition)
            {
                ReadEnd(block, partitionCount);
                if (offset != Bytes) throw Damaged(offset);
                return;
            }
            if (partition < 0 || partition >= partitionCount) throw Damaged(block.Offset);
            _blocks.Add(block);
        }
    }

    private void ReadEnd(Block end, int partitionCount)
    {
        var bytes = ReadBlock(end).AsSpan(SnapshotFormat.BlockHeaderBytes);
        if (bytes.Length != partitionCount * sizeof(long)) throw Damaged(end.Offset);
        Positions = new long[partitionCount];
        for (var i = 0; i < partitionCount; i++) Positions[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]);
    }

    private void Load(Partition partition, IEnumerable<Block> blocks)
    {
        var parts = new List<StateRecord>();
        KeyTable? keys = null;
        foreach (var block in blocks)
        {
            var bytes = ReadBlock(block).AsSpan(SnapshotFormat.BlockHeaderBytes);
            keys ??= new(block.Keys);
            while (!bytes.IsEmpty)
            {
                var record = ReadRecord(bytes, block, out var consumed);
                bytes = bytes[consumed..];
                if (record.Key.Partition != partition.Number || (record.Continues && (parts.Count == 0 || parts[0].Key != record.Key))) throw Damaged(block.Offset);
                if (!record.Continues) Complete(keys, parts);
                parts.Add(record);
            }
        }
        Complete(keys!, parts);
        partition.Replace(keys!, 0);
    }

    private StateRecord ReadRecord(ReadOnlySpan<byte> bytes, Block block, out int consumed)
    {
        try
        {
            return StateRecordCodec.Read(bytes, out consumed);
        }
        catch (StateCorruptionException exception)
        {
            throw Damaged(block.Offset, exception);
        }
    }

    private static void Complete(KeyTable keys, List<StateRecord> parts)
    {
        if (parts.Count == 0) return;
        keys.Set(parts[0].Key, StoredParts.Build(parts, keys.Epoch), 0);
        parts.Clear();
    }

    private byte[] ReadBlock(Block block)
    {
        var bytes = Read(block.Offset, block.Length);
        return SnapshotFormat.IsUndamaged(bytes, Header.Store, block.Number) ? bytes : throw Damaged(block.Offset);
    }

    private byte[] Read(long offset, int length)
    {
        var bytes = new byte[length];
        return _file.Read(bytes, offset) == length ? bytes : throw Damaged(offset);
    }

    private StateCorruptionException Damaged(long offset, Exception? inner = null) =>
        new($"The snapshot '{_path}' is damaged, at byte {offset}: what is there is not what was written.", null, inner);

    private readonly record struct Block(long Number, long Offset, int Length, int Partition, int Keys);
}
