using System.Buffers.Binary;
using System.Globalization;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>A map as Redis keeps it: a HASH whose values are one byte of tag, 0 = bytes, 1 = counters, and the bytes or the counters as little-endian doubles.</summary>
/// <remarks>One more field, with an empty name, is in every map: the instant of its expiry in Unix milliseconds, in digits; empty = never.</remarks>
internal static class MapBytes
{
    private const byte BytesTag = 0;
    private const byte CountersTag = 1;

    public static byte[] Write(MapValue value)
    {
        if (value.IsCounters) return Write(value.Counters.Span);
        var bytes = new byte[1 + value.Bytes.Length];
        bytes[0] = BytesTag;
        value.Bytes.Span.CopyTo(bytes.AsSpan(1));
        return bytes;
    }

    public static byte[] Write(ReadOnlySpan<long> counters)
    {
        var bytes = new byte[1 + 8 * counters.Length];
        bytes[0] = CountersTag;
        for (var i = 0; i < counters.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1 + 8 * i), counters[i]);
        return bytes;
    }

    /// <exception cref="StateCorruptionException">It is not a field of a map.</exception>
    public static MapValue Read(StateKey key, byte[]? bytes) => bytes switch
    {
        [BytesTag, ..] => new(bytes.AsMemory(1)),
        [CountersTag, ..] => new(Counters(key, bytes)),
        _ => throw Unreadable(key),
    };

    /// <exception cref="StateCorruptionException">It is not a vector.</exception>
    public static ReadOnlyMemory<long> Counters(StateKey key, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 9 || bytes.Length % 8 != 1 || bytes.Length > 1 + 8 * StateLimits.MaximumVectorLength || bytes[0] != CountersTag) throw Unreadable(key);
        var counters = new long[bytes.Length / 8];
        for (var i = 0; i < counters.Length; i++) counters[i] = (long)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(1 + 8 * i)..]);
        return counters;
    }

    /// <exception cref="StateCorruptionException">It is not the field with the empty name.</exception>
    public static StateExpiry Expiry(StateKey key, RedisValue field) =>
        field.Length() == 0 ? StateExpiry.Never
        : field.TryParse(out long instant) ? StateExpiry.At(DocumentHeader.Instant(instant))
        : throw Unreadable(key);

    public static RedisValue Expiry(StateExpiry expiry) =>
        expiry.Instant is { } instant ? ExpiryPlan.Milliseconds(instant).ToString(CultureInfo.InvariantCulture) : RedisValue.EmptyString;

    private static StateCorruptionException Unreadable(StateKey key) =>
        new($"A field of a map of type '{key.Type}' in partition {key.Partition} is not in a form this version reads. Perhaps a newer version, or somebody else, wrote it.", key.Type);
}
