using System.Buffers.Binary;

namespace BluePlan.State.Storage;

/// <summary>Reads a snapshot and checks that it is undamaged.</summary>
internal sealed class SnapshotReader
{
    private readonly IStoreFile _file;
    private readonly string _path;
    private readonly List<Block> _blocks = [];

    private SnapshotReader(IStoreFile file, string path) => (_file, _path) = (file, path);

    public SnapshotHeader Header { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>For each partition, the sequence of the last commit that is in the snapshot.</summary>
    public long[] Positions { get; private set; } = [];

    /// <summary>Finds the blocks of a snapshot.</summary>
    /// <param name="file">The open file. The caller closes it.</param>
    /// <param name="path">Its path as messages show it.</param>
    /// <param name="marker">The store's marker.</param>
    /// <param name="segmentNumber">The number in the snapshot's name.</param>
    /// <exception cref="StateCorruptionException">It is not whole, or not this store's.</exception>
    public static SnapshotReader Open(IStoreFile file, string path, StoreMarker marker, long segmentNumber)
    {
        var reader = new SnapshotReader(file, path);
        reader.Read(marker.StoreId, marker.PartitionCount, segmentNumber);
        return reader;
    }

    /// <summary>Reads all blocks, those of each partition in their order.</summary>
    /// <exception cref="StateCorruptionException">One is damaged.</exception>
    public ILookup<int, SnapshotBlock> ReadBlocks()
    {
        var blocks = new SnapshotBlock[_blocks.Count];
        PartitionWork.Run([.. Enumerable.Range(0, blocks.Length)], i => blocks[i] = new(_path, _blocks[i].Offset, _blocks[i].Partition, _blocks[i].Keys, ReadBlock(_blocks[i])));
        return blocks.ToLookup(static b => b.Partition);
    }

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

    private byte[] ReadBlock(Block block)
    {
        var bytes = Read(block.Offset, block.Length);
        return SnapshotFormat.IsUndamaged(bytes, Header.Store, block.Number) ? bytes : throw Damaged(block.Offset);
    }

    private byte[] Read(long offset, int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        return _file.Read(bytes, offset) == length ? bytes : throw Damaged(offset);
    }

    private StateCorruptionException Damaged(long offset) => SnapshotBlock.Damaged(_path, offset);

    private readonly record struct Block(long Number, long Offset, int Length, int Partition, int Keys);
}
