using System.Buffers.Binary;
using System.IO.Hashing;

namespace BluePlan.State.Storage;

/// <summary>The file that says that a directory is a store, and what about it never changes.</summary>
/// <remarks>
/// <code>
///  0  8  "BPSTSTOR"
///  8  4  format version of the store, 1
/// 12  4  number of partitions
/// 16 16  store id, random
/// 32  8  when it was made, ms since 1970-01-01 UTC
/// 40  8  checksum of bytes 0–39: XXH3, 64 bits, seed 0
/// </code>
/// Integers are little endian.
/// </remarks>
internal readonly record struct StoreMarker(int PartitionCount, UInt128 StoreId, DateTimeOffset Created)
{
    public const int Bytes = 48;

    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "BPSTSTOR"u8;

    /// <summary>The store's id, in the form in which the contract has it.</summary>
    public Guid ToGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, StoreId);
        return new(bytes, bigEndian: true);
    }

    public byte[] Encode()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), PartitionCount);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(16), StoreId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Created.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), XxHash3.HashToUInt64(bytes.AsSpan(0, 40)));
        return bytes;
    }

    /// <exception cref="StateCorruptionException">It is damaged.</exception>
    /// <exception cref="StateOpenException">It is of a version that is not known here.</exception>
    public static StoreMarker Decode(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.Length != Bytes || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]) != XxHash3.HashToUInt64(bytes[..40]))
            throw new StateCorruptionException($"The marker '{path}' of the store is damaged, at byte 0.");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) is var version and not Version)
            throw StoreErrors.UnknownVersion(path, version, Version);
        if (!StoreIdentity.IsPossible(BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]))) throw new StateCorruptionException($"The marker '{path}' of the store is damaged, at byte 12.");
        return new(BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]), BinaryPrimitives.ReadUInt128LittleEndian(bytes[16..]), DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes[32..])));
    }
}
