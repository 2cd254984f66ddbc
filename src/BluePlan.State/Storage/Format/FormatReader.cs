using System.Text;

namespace BluePlan.State.Storage;

/// <summary>Reads what <see cref="FormatWriter"/> wrote. Whatever the bytes are, it answers or throws <see cref="StateCorruptionException"/>, and allocates no more than a small multiple of what is there.</summary>
/// <param name="source">The bytes.</param>
/// <param name="mostItems">How many items one list may have.</param>
internal ref struct FormatReader(ReadOnlySpan<byte> source, int mostItems = int.MaxValue)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _source = source;

    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position == _source.Length;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _source[Position..];

    public void Skip(int count) => Take(count);

    public bool Flag()
    {
        var flag = Byte();
        return flag <= 1 ? flag == 1 : throw Corrupt("a flag has an unknown value");
    }

    public byte Byte() => Take(1)[0];

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            if (shift == 63 && next > 1) break;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw Corrupt("a number is too long");
    }

    /// <summary>A number that is a positive <see cref="long"/>.</summary>
    public long Long() => Number() is var value and <= long.MaxValue ? (long)value : throw Corrupt("a number is too big");

    public long Signed()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number that counts things of which each takes at least so many bytes.</summary>
    public int Count(int leastBytes)
    {
        var count = Number();
        return count <= (ulong)((_source.Length - Position) / leastBytes) ? (int)count : throw Corrupt("it counts more than there is");
    }

    /// <summary>Begins to gather items, of which each takes at least so many bytes, by a number that says how many follow.</summary>
    public ItemBuffer<T> Items<T>(int leastBytes) => new(ItemCount(leastBytes), _source.Length - Position);

    /// <summary>How many items follow, of which each takes at least so many bytes.</summary>
    public int ItemCount(int leastBytes) => Count(leastBytes) is var count && count <= mostItems ? count : throw Corrupt("it counts more than is ever written");

    public ReadOnlySpan<byte> Bytes() => Take(Count(1));

    /// <summary>Bytes of their own, that nobody else holds.</summary>
    public ReadOnlyMemory<byte> OwnBytes()
    {
        var bytes = Bytes();
        return bytes.IsEmpty ? default : bytes.ToArray();
    }

    public string Text()
    {
        var bytes = Bytes();
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (ArgumentException exception)
        {
            throw Corrupt("a text is not UTF-8", exception);
        }
    }

    public DateTimeOffset Instant()
    {
        var milliseconds = Signed();
        return milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : throw Corrupt("an instant is beyond the calendar");
    }

    public StateETag Tag() => StateETag.ReadFrom(Take(16));

    public readonly StateCorruptionException Corrupt(string what, Exception? inner = null) => new($"Stored bytes are damaged: {what}, near byte {Position}.", null, inner);

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_source.Length - Position < length) throw Corrupt("they end too early");
        Position += length;
        return _source.Slice(Position - length, length);
    }
}
