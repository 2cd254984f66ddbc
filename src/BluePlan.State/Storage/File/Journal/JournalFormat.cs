using System.Buffers.Binary;
using System.IO.Hashing;

namespace BluePlan.State.Storage;

/// <summary>The journal on disk: segments, each a header and frames, each frame one commit.</summary>
/// <remarks>
/// <para>Version 1. Integers are little endian. Checksums are XXH3, 64 bits (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), seeded with store, epoch and length
/// (<see cref="StoreIdentity.Seed"/>). Segments are called <c>journal-</c>, their number in 16 hex digits, <c>.bpj</c>, and numbers follow each other without gap.</para>
/// <code>
/// segment = header (64 bytes)  frames  zeros (space kept for frames to come)
/// header  =  0  8  "BPSTJRNL"
///            8  4  format version, 1
///           12  4  number of partitions
///           16 16  store id
///           32  8  epoch
///           40  8  number of the segment
///           48  8  sequence of the first frame
///           56  8  checksum of bytes 0–55, seeded with 64
/// frame   =  0  4  "FRM" 01
///            4  4  length of the body
///            8  8  checksum of bytes 16 up to the end of the body
///           16  8  sequence: one more than the frame before, over all segments, never given twice
///           24  8  flushed: the highest sequence known to be on disk when this frame was written
///           32  8  time of the commit, ms since 1970-01-01 UTC
///           40  4  partition
///           44  4  kind: 0 = commit, 1 = the store was closed in order
///           48  …  body: changes, see <see cref="StateChangeCodec"/>; none for kind 1
///                  zeros up to the next multiple of 8 bytes
/// </code>
/// <para>A segment that holds only zeros was prepared and not begun. The header is written with the first frames, by one flush.</para>
/// <para>Reading it back. Frames are good up to the first place where none is. If behind that place the segment, and every later one, holds nothing but zeros, the journal ends there. If a good frame lies
/// behind it whose <c>flushed</c> reaches the missing sequence, then something that was safely on disk is gone: corruption. Otherwise it is what a crash leaves of writes that nobody was told of: the last ones
/// are cut off and reported.</para>
/// </remarks>
internal static class JournalFormat
{
    public const int HeaderBytes = 64;
    public const int FrameHeaderBytes = 48;
    public const int Alignment = 8;
    public const int MaximumBodyBytes = 512 << 20;
    public const uint FrameMagic = 0x014D5246;
    public const int CommitKind = 0;
    public const int ClosedKind = 1;

    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "BPSTJRNL"u8;

    public static int FrameBytes(int bodyBytes) => (FrameHeaderBytes + bodyBytes + Alignment - 1) / Alignment * Alignment;

    public static void WriteHeader(Span<byte> header, StoreIdentity store, long number, long baseSequence)
    {
        header[..HeaderBytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], store.PartitionCount);
        BinaryPrimitives.WriteUInt128LittleEndian(header[16..], store.Id);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], store.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], number);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], baseSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(header[56..], HeaderChecksum(header));
    }

    /// <summary>Reads a header; null when there is none whose checksum fits.</summary>
    /// <exception cref="StateOpenException">It is whole, and of a version that is not known here.</exception>
    public static JournalHeader? ReadHeader(ReadOnlySpan<byte> header, string path)
    {
        if (header.Length < HeaderBytes || !header.StartsWith(Magic) || BinaryPrimitives.ReadUInt64LittleEndian(header[56..]) != HeaderChecksum(header)) return null;
        if (!StoreIdentity.IsPossible(BinaryPrimitives.ReadInt32LittleEndian(header[12..]))) return null;
        if (BinaryPrimitives.ReadInt32LittleEndian(header[8..]) is var version and not Version)
            throw StoreErrors.UnknownVersion(path, version, Version);
        return new(
            new(BinaryPrimitives.ReadUInt128LittleEndian(header[16..]), BinaryPrimitives.ReadInt32LittleEndian(header[12..]), BinaryPrimitives.ReadInt64LittleEndian(header[32..])),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]), BinaryPrimitives.ReadInt64LittleEndian(header[48..]));
    }

    /// <summary>Whether bytes are neither a segment nor what an interrupted write leaves of one: the first sector of a segment is written whole, or is still zeros.</summary>
    public static bool IsForeign(ReadOnlySpan<byte> bytes)
    {
        var begin = bytes[..Math.Min(bytes.Length, Magic.Length)];
        return begin.ContainsAnyExcept((byte)0) && !Magic.StartsWith(begin);
    }

    /// <summary>Writes all of a frame but <c>flushed</c> and the checksum, which <see cref="Seal"/> adds.</summary>
    public static void WriteFrame(Span<byte> frame, long sequence, DateTimeOffset time, int partition, int kind, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, FrameMagic);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], body.Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt32LittleEndian(frame[40..], partition);
        BinaryPrimitives.WriteInt32LittleEndian(frame[44..], kind);
        body.CopyTo(frame[FrameHeaderBytes..]);
        frame[(FrameHeaderBytes + body.Length)..FrameBytes(body.Length)].Clear();
    }

    /// <summary>Completes the frames of a batch that is about to be written.</summary>
    public static void Seal(Span<byte> frames, StoreIdentity store, long flushed)
    {
        while (!frames.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(frames[4..]);
            BinaryPrimitives.WriteInt64LittleEndian(frames[24..], flushed);
            BinaryPrimitives.WriteUInt64LittleEndian(frames[8..], FrameChecksum(frames, length, store));
            frames = frames[FrameBytes(length)..];
        }
    }

    /// <summary>Reads the frame that the bytes begin with; false when there is none that is whole and undamaged.</summary>
    public static bool TryReadFrame(ReadOnlySpan<byte> bytes, StoreIdentity store, out JournalFrame frame)
    {
        frame = default;
        if (bytes.Length < FrameHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != FrameMagic) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (length < 0 || length > bytes.Length - FrameHeaderBytes || FrameBytes(length) > bytes.Length) return false;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) != FrameChecksum(bytes, length, store)) return false;
        frame = new(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[40..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[44..]), length);
        return true;
    }

    private static ulong HeaderChecksum(ReadOnlySpan<byte> header) => XxHash3.HashToUInt64(header[..56], HeaderBytes);

    private static ulong FrameChecksum(ReadOnlySpan<byte> frame, int length, StoreIdentity store) =>
        XxHash3.HashToUInt64(frame.Slice(16, FrameHeaderBytes - 16 + length), store.Seed(length));
}
