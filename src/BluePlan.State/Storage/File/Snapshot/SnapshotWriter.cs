using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace BluePlan.State.Storage;

/// <summary>Writes a snapshot into a file that is not yet one: it becomes one by being renamed.</summary>
internal sealed class SnapshotWriter : IDisposable
{
    private const int BlockBytes = 256 << 10;

    // Flushed in between, so that the end of a big snapshot does not hold up the journal's flushes for long.
    private const int FlushEvery = 16 << 20;

    private readonly StoreDirectory? _directory;
    private readonly IStoreFile _file;
    private readonly StoreIdentity _store;
    private readonly ArrayBufferWriter<byte> _block = new(BlockBytes + (64 << 10));
    private readonly long[] _positions;
    private long _blocks;
    private long _unflushed;
    private int _partition;
    private int _keys;

    public SnapshotWriter(StoreDirectory directory, string name, StoreIdentity store) : this(directory.Create(name), store) => _directory = directory;

    private SnapshotWriter(IStoreFile file, StoreIdentity store)
    {
        (_file, _store, _positions) = (file, store, new long[store.PartitionCount]);
        Bytes = SnapshotFormat.HeaderBytes;
        BeginBlock();
    }

    /// <summary>Called before each write of a block, with its length; may throw to give up.</summary>
    public Action<int>? Writing { get; init; }

    /// <summary>One that writes nowhere, to find out how long a snapshot becomes.</summary>
    public static SnapshotWriter ToMeasure(StoreIdentity store) => new(new NoFile(), store);

    /// <summary>The file, which is this object's until it becomes part of the store.</summary>
    public IStoreFile File => _file;

    /// <summary>How long it is by now.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins a partition, or goes on with it.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="keys">How many keys it has, about.</param>
    /// <param name="position">The sequence of its last commit that is in what follows.</param>
    public void Begin(int partition, int keys, long position)
    {
        EndBlock();
        (_partition, _keys, _positions[partition]) = (partition, keys, position);
    }

    public void Write(StateRecord record)
    {
        StateRecordCodec.Write(_block, record);
        if (_block.WrittenCount >= BlockBytes) EndBlock();
    }

    /// <summary>Moves the positions of all partitions to one that was not known at the beginning.</summary>
    public void SetPositions(long position) => _positions.AsSpan().Fill(position);

    /// <summary>Makes it whole, with a header in the place that was left for it, and flushes it.</summary>
    /// <param name="segmentNumber">The journal segment behind it.</param>
    /// <param name="baseSequence">The sequence that this segment begins with.</param>
    public void Complete(long segmentNumber, long baseSequence)
    {
        EndBlock();
        foreach (var position in _positions)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_block.GetSpan(sizeof(long)), position);
            _block.Advance(sizeof(long));
        }
        (_partition, _keys) = (SnapshotFormat.EndPartition, 0);
        EndBlock();
        Span<byte> header = stackalloc byte[SnapshotFormat.HeaderBytes];
        SnapshotFormat.WriteHeader(header, new(_store, segmentNumber, baseSequence));
        _file.Write(header, 0);
        _file.Flush();
    }

    public void Dispose()
    {
        if (_directory is null) _file.Dispose();
        else _directory.Close(_file);
    }

    private sealed class NoFile : IStoreFile
    {
        public long Length => 0;

        public int Read(Span<byte> buffer, long offset) => 0;

        public void Write(ReadOnlySpan<byte> bytes, long offset) { }

        public void Flush() { }

        public void Truncate(long length) { }

        public void Preallocate(long length) { }

        public void Dispose() { }
    }

    private void BeginBlock()
    {
        _block.ResetWrittenCount();
        _block.GetSpan(SnapshotFormat.BlockHeaderBytes)[..SnapshotFormat.BlockHeaderBytes].Clear();
        _block.Advance(SnapshotFormat.BlockHeaderBytes);
    }

    private void EndBlock()
    {
        if (_block.WrittenCount == SnapshotFormat.BlockHeaderBytes) return;
        // The buffer is the writer's own, so its header may be filled in behind its back.
        MemoryMarshal.TryGetArray(_block.WrittenMemory, out var bytes);
        SnapshotFormat.SealBlock(bytes, _store, _blocks++, _partition, _keys);
        Writing?.Invoke(bytes.Count);
        _file.Write(bytes, Bytes);
        Bytes += bytes.Count;
        _unflushed += bytes.Count;
        if (_unflushed >= FlushEvery)
        {
            _file.Flush();
            _unflushed = 0;
        }
        BeginBlock();
    }
}
