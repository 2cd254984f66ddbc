using System.Buffers.Binary;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State.Redis;

/// <summary>A log as Redis keeps it: a LIST of its entries in rising order, and a HASH that names them.</summary>
/// <remarks>
/// <code>
/// element   8   sequence, a little-endian double
///           2   length of the id, little-endian, 0 = none
///           …   id, UTF-8
///           …   value
/// hash      ""  the last sequence ever given, and the expiry in Unix milliseconds, 0 = never, as little-endian doubles
///           id  its entry's sequence, in digits
///           FF  its revision, as an ETag; a log that an earlier version wrote, and that was not edited since, has none
/// </code>
/// <para>The byte FF stands in no UTF-8, so no id is called that.</para>
/// <para>The log is there when its hash is; without entries there is no list. Both keys expire at the same instant.</para>
/// </remarks>
internal static class LogBytes
{
    private const int SequenceBytes = 8;
    private const int Head = SequenceBytes + 2;

    /// <summary>An element without its sequence, which the server gives.</summary>
    public static byte[] Write(string? id, ReadOnlySpan<byte> value) => Write(null, id, value);

    public static byte[] Write(long? sequence, string? id, ReadOnlySpan<byte> value)
    {
        var idBytes = id is null ? 0 : Encoding.UTF8.GetByteCount(id);
        var start = sequence is null ? 0 : SequenceBytes;
        var bytes = new byte[start + 2 + idBytes + value.Length];
        if (sequence is { } number) BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(start), (ushort)idBytes);
        if (idBytes > 0) Encoding.UTF8.GetBytes(id, bytes.AsSpan(start + 2));
        value.CopyTo(bytes.AsSpan(start + 2 + idBytes));
        return bytes;
    }

    /// <exception cref="StateCorruptionException">It is not an element.</exception>
    public static LogEntry Read(StateKey key, byte[]? element)
    {
        if (element is null || element.Length < Head || BinaryPrimitives.ReadUInt16LittleEndian(element.AsSpan(SequenceBytes)) is var idBytes && element.Length < Head + idBytes) throw Unreadable(key);
        return new((long)BinaryPrimitives.ReadDoubleLittleEndian(element), element.AsMemory(Head + idBytes), idBytes == 0 ? null : Encoding.UTF8.GetString(element, Head, idBytes));
    }

    /// <summary>The last sequence and the expiry.</summary>
    /// <exception cref="StateCorruptionException">It is not the field with the empty name.</exception>
    public static (long LastSequence, StateExpiry Expiry) ReadMeta(StateKey key, byte[]? meta)
    {
        if (meta is not { Length: 16 }) throw Unreadable(key);
        var instant = (long)BinaryPrimitives.ReadDoubleLittleEndian(meta.AsSpan(8));
        return ((long)BinaryPrimitives.ReadDoubleLittleEndian(meta), instant == 0 ? StateExpiry.Never : StateExpiry.At(DocumentHeader.Instant(instant)));
    }

    /// <summary>A revision; empty bytes for an empty one.</summary>
    public static byte[] Write(StateETag revision)
    {
        if (revision.IsEmpty) return [];
        var bytes = new byte[16];
        revision.WriteTo(bytes);
        return bytes;
    }

    /// <summary>The revision.</summary>
    /// <exception cref="StateCorruptionException">It is none.</exception>
    public static StateETag ReadRevision(StateKey key, byte[]? revision) => revision switch
    {
        null or [] => default,
        { Length: 16 } => StateETag.ReadFrom(revision),
        _ => throw Unreadable(key),
    };

    private static StateCorruptionException Unreadable(StateKey key) =>
        new($"A log of type '{key.Type}' in partition {key.Partition} is not in a form this version reads. Perhaps a newer version, or somebody else, wrote it.", key.Type);
}
