using System.Buffers.Binary;
using System.IO.Hashing;

namespace BluePlan.State.Storage;

/// <summary>A snapshot on disk: all keys of all partitions, each partition as of one position in the journal.</summary>
/// <remarks>
/// <para>Version 1. Integers are little endian; checksums are XXH3, 64 bits, seeded with store, epoch and the number of the block (<see cref="StoreIdentity.Seed"/>). Snapshots are called <c>snapshot-</c>, the number of the
/// journal segment from which on it must be read, in 16 hex digits, <c>.bps</c>; <c>.tmp</c> is added until they are whole.</para>
/// <code>
/// snapshot = header (64 bytes)  blocks  end
/// header   =  0  8  "BPSTSNAP"
///             8  4  format version, 1
///            12  4  number of partitions
///            16 16  store id
///            32  8  epoch
///            40  8  number of the journal segment that follows
///            48  8  sequence that this segment begins with
///            56  8  checksum of bytes 0–55, seeded with 64
/// block    =  0  4  "BLK" 01
///             4  4  length of the body
///             8  8  checksum of bytes 16 up to the end of the body
///            16  4  partition; its blocks are read in order, and a key that comes again replaces what came before
///            20  4  how many keys the partition has, about
///            24  …  body: records, see <see cref="StateRecordCodec"/>; a key may go on in the next block
/// end      =  a block whose partition is −1 and whose body is, for each partition, 8 bytes:
///             the sequence of the last commit to the partition that is in the snapshot
/// </code>
/// <para>Frames of the journal are applied on top when their sequence is higher than their partition's in <c>end</c>.</para>
/// </remarks>
internal static class SnapshotFormat
{
    public const int HeaderBytes = 64;
    public const int BlockHeaderBytes = 24;
    public const int EndPartition = -1;

    private const int Version = 1;
    private const uint BlockMagic = 0x014B4C42;

    private static ReadOnlySpan<byte> Magic => "BPSTSNAP"u8;

    public static void WriteHeader(Span<byte> header, SnapshotHeader content)
    {
        header[..HeaderBytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], content.Store.PartitionCount);
        BinaryPrimitives.WriteUInt128LittleEndian(header[16..], content.Store.Id);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], content.Store.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], content.SegmentNumber);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], content.BaseSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(header[56..], XxHash3.HashToUInt64(header[..56], HeaderBytes));
    }

    /// <exception cref="StateCorruptionException">There is no undamaged header.</exception>
    /// <exception cref="StateOpenException">It is of a version that is not known here.</exception>
    public static SnapshotHeader ReadHeader(ReadOnlySpan<byte> header, string path)
    {
        if (header.Length < HeaderBytes || !header.StartsWith(Magic) || BinaryPrimitives.ReadUInt64LittleEndian(header[56..]) != XxHash3.HashToUInt64(header[..56], HeaderBytes))
            throw new StateCorruptionException($"The header of the snapshot '{path}' is damaged, at byte 0.");
        if (BinaryPrimitives.ReadInt32LittleEndian(header[8..]) is var version and not Version)
            throw StoreErrors.UnknownVersion(path, version, Version);
        if (!StoreIdentity.IsPossible(BinaryPrimitives.ReadInt32LittleEndian(header[12..]))) throw new StateCorruptionException($"The header of the snapshot '{path}' is damaged, at byte 12.");
        return new(
            new(BinaryPrimitives.ReadUInt128LittleEndian(header[16..]), BinaryPrimitives.ReadInt32LittleEndian(header[12..]), BinaryPrimitives.ReadInt64LittleEndian(header[32..])),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]), BinaryPrimitives.ReadInt64LittleEndian(header[48..]));
    }

    /// <summary>Completes a block whose body stands behind the place of its header.</summary>
    public static void SealBlock(Span<byte> block, StoreIdentity store, long number, int partition, int keys)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block, BlockMagic);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length - BlockHeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(block[16..], partition);
        BinaryPrimitives.WriteInt32LittleEndian(block[20..], keys);
        BinaryPrimitives.WriteUInt64LittleEndian(block[8..], XxHash3.HashToUInt64(block[16..], store.Seed(number)));
    }

    /// <summary>Reads what a block's header says; the length of its body is negative when there is no header.</summary>
    public static (int BodyBytes, int Partition, int Keys) ReadBlockHeader(ReadOnlySpan<byte> block)
    {
        if (block.Length < BlockHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(block) != BlockMagic) return (-1, 0, 0);
        return (BinaryPrimitives.ReadInt32LittleEndian(block[4..]), BinaryPrimitives.ReadInt32LittleEndian(block[16..]), BinaryPrimitives.ReadInt32LittleEndian(block[20..]));
    }

    public static bool IsUndamaged(ReadOnlySpan<byte> block, StoreIdentity store, long number) =>
        BinaryPrimitives.ReadUInt64LittleEndian(block[8..]) == XxHash3.HashToUInt64(block[16..], store.Seed(number));
}
