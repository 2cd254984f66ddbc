using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Packs records into chunks and unpacks them.</summary>
/// <remarks>
/// <para>A chunk, version 1, integers little-endian:</para>
/// <code>
/// offset 0   8   "BPSCHUNK" in ASCII
/// offset 8   1   version, 1
/// offset 9   1   compression of the payload: 0 = none, 1 = Brotli (RFC 7932)
/// offset 10  1   encryption of the payload: 0 = none
/// offset 11  1   form of the records: 1 = StateRecordCodec
/// offset 12  4   number of records
/// offset 16  8   length of the records before compression
/// offset 24  8   length of the payload
/// offset 32  16  XXH3-128 of the records before compression, seed 0, in its canonical form (big-endian)
/// offset 48  …   payload, to the end: the records, each as StateRecordCodec writes it, directly behind each other
/// </code>
/// <para>
/// The object's name is the SHA-256 of all of these bytes, so whoever holds a target can check it without this library (<c>sha256sum</c>). Chunks of every released version
/// are read for ever; a version, compression, encryption or form that is not known here is refused.
/// </para>
/// </remarks>
internal static class ChunkFormat
{
    /// <summary>A chunk is closed when its records reach this size.</summary>
    public const int TargetBytes = 8 * 1024 * 1024;

    /// <summary>No sound chunk is larger: the target, one more value, its names, and room.</summary>
    public const long MaximumBytes = TargetBytes + StateLimits.MaximumValueBytes + 8 * 1024 * 1024;

    private const int HeaderBytes = 48;
    private const byte Version = 1;
    private const byte NotCompressed = 0;
    private const byte Brotli = 1;
    private const byte NotEncrypted = 0;
    private const byte RecordForm = 1;
    // Quality 1 is the fastest that finds repetitions; a window of 2^22 sees half a chunk.
    private const int Quality = 1;
    private const int Window = 22;
    private const int FirstBytes = 64 * 1024;

    private static ReadOnlySpan<byte> Magic => "BPSCHUNK"u8;

    /// <summary>Packs records. The caller disposes the chunk.</summary>
    public static PooledBuffer Pack(ReadOnlySpan<byte> records, int count)
    {
        var chunk = new PooledBuffer(HeaderBytes + BrotliEncoder.GetMaxCompressedLength(records.Length));
        try
        {
            var all = chunk.GetSpan(HeaderBytes + BrotliEncoder.GetMaxCompressedLength(records.Length));
            var payload = all[HeaderBytes..];
            var compression = Brotli;
            if (!BrotliEncoder.TryCompress(records, payload, out var length, Quality, Window) || length >= records.Length)
            {
                records.CopyTo(payload);
                (compression, length) = (NotCompressed, records.Length);
            }

            Magic.CopyTo(all);
            (all[8], all[9], all[10], all[11]) = (Version, compression, NotEncrypted, RecordForm);
            BinaryPrimitives.WriteInt32LittleEndian(all[12..], count);
            BinaryPrimitives.WriteInt64LittleEndian(all[16..], records.Length);
            BinaryPrimitives.WriteInt64LittleEndian(all[24..], length);
            XxHash128.Hash(records, all[32..]);
            chunk.Advance(HeaderBytes + length);
            return chunk;
        }
        catch
        {
            chunk.Dispose();
            throw;
        }
    }

    public static string Hash(ReadOnlySpan<byte> chunk) => Convert.ToHexStringLower(SHA256.HashData(chunk));

    /// <summary>Unpacks the records. The caller disposes them.</summary>
    /// <exception cref="FormatException">It is not a chunk of a known version, or does not hold what it says; the message says what, to follow the chunk's name.</exception>
    public static PooledBuffer Unpack(ReadOnlySpan<byte> chunk, out int count)
    {
        if (chunk.Length < HeaderBytes || !chunk.StartsWith(Magic)) throw new FormatException("does not begin as a chunk does");
        var (compression, encryption) = (chunk[9], chunk[10]);
        if (chunk[8] != Version || compression > Brotli || encryption != NotEncrypted || chunk[11] != RecordForm)
            throw new FormatException($"is of version {chunk[8]}, compression {compression}, encryption {encryption}, form {chunk[11]}, which this program does not read. Perhaps a newer version of BluePlan.State wrote it");
        count = BinaryPrimitives.ReadInt32LittleEndian(chunk[12..]);
        var payload = chunk[HeaderBytes..];
        if (BinaryPrimitives.ReadInt64LittleEndian(chunk[16..]) is not (>= 0 and <= MaximumBytes and var length) || count < 0 || BinaryPrimitives.ReadInt64LittleEndian(chunk[24..]) != payload.Length)
            throw new FormatException("has a header that does not fit its length");

        // It grows with what there is, whatever the header says.
        var records = new PooledBuffer((int)Math.Min(length, FirstBytes));
        try
        {
            if (!TryDecompress(compression, payload, records, (int)length)) throw new FormatException("does not decompress to the length that its header says");
            Span<byte> hash = stackalloc byte[16];
            XxHash128.Hash(records.Written.Span, hash);
            return hash.SequenceEqual(chunk[32..HeaderBytes]) ? records : throw new FormatException("holds records with another checksum than its header says");
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    private static bool TryDecompress(byte compression, ReadOnlySpan<byte> payload, PooledBuffer records, int length)
    {
        if (compression == NotCompressed)
        {
            if (payload.Length != length) return false;
            records.Write(payload);
            return true;
        }
        using var decoder = new BrotliDecoder();
        while (true)
        {
            // Beyond the size of a usual chunk at once to what the header says.
            var room = records.GetSpan(records.Written.Length < TargetBytes ? 1 : length + 1 - records.Written.Length);
            var status = decoder.Decompress(payload, room, out var consumed, out var written);
            records.Advance(written);
            payload = payload[consumed..];
            if (records.Written.Length > length) return false;
            if (status is not OperationStatus.DestinationTooSmall) return status is OperationStatus.Done && records.Written.Length == length;
        }
    }
}
