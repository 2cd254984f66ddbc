using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace BluePlan.State;

/// <summary>
/// The version of a document: 128 random bits that are drawn for every commit, also one of equal bytes. A tag
/// therefore never comes back, and a writer who lost the answer learns by reading whether the write happened. <c>default</c> is no tag.
/// </summary>
[JsonConverter(typeof(StateETagJsonConverter))]
public readonly record struct StateETag : ISpanFormattable
{
    private const int Bytes = 16;
    private const int BytesAtOnce = 64 * Bytes;

    // Asking the system for 1,024 random bytes takes about as long as asking for 16, which would be a tenth of a whole write.
    [ThreadStatic] private static byte[]? _random;
    [ThreadStatic] private static int _used;

    private readonly UInt128 _bits;

    private StateETag(UInt128 bits) => _bits = bits;

    /// <summary>Whether this is no tag at all, as <c>default</c> is.</summary>
    public bool IsEmpty => _bits == UInt128.Zero;

    /// <summary>A new tag from the system's random number generator.</summary>
    public static StateETag New()
    {
        var random = _random ??= new byte[BytesAtOnce];
        while (true)
        {
            if (_used == 0) RandomNumberGenerator.Fill(random);
            var bits = BinaryPrimitives.ReadUInt128BigEndian(random.AsSpan(_used));
            _used = (_used + Bytes) % BytesAtOnce;
            if (bits != UInt128.Zero) return new(bits);
        }
    }

    /// <summary>Reads what <see cref="ToString()"/> wrote.</summary>
    /// <exception cref="FormatException">It is not 32 hexadecimal digits, or they are all zero.</exception>
    public static StateETag Parse(string text) =>
        TryParse(text, out var tag) ? tag : throw new FormatException("An ETag is 32 hexadecimal digits, not all zero.");

    /// <summary>Reads what <see cref="ToString()"/> wrote; false when it is not 32 hexadecimal digits, or they are all zero, which no tag is.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StateETag tag)
    {
        var valid = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) && text is { Length: 32 } && bits != UInt128.Zero;
        tag = valid ? new(bits) : default;
        return valid;
    }

    /// <summary>Reads the 16 bytes that <see cref="WriteTo"/> wrote.</summary>
    /// <exception cref="ArgumentException">There are fewer than 16.</exception>
    public static StateETag ReadFrom(ReadOnlySpan<byte> source) =>
        source.Length >= 16 ? new(BinaryPrimitives.ReadUInt128BigEndian(source)) : throw new ArgumentException("An ETag takes 16 bytes.", nameof(source));

    /// <summary>Writes 16 bytes, the highest first.</summary>
    /// <exception cref="ArgumentException">There is room for fewer than 16.</exception>
    public void WriteTo(Span<byte> destination)
    {
        if (!BinaryPrimitives.TryWriteUInt128BigEndian(destination, _bits)) throw new ArgumentException("An ETag takes 16 bytes.", nameof(destination));
    }

    /// <summary>32 lower-case hexadecimal digits, fit for an HTTP header; empty for no tag.</summary>
    public override string ToString() => IsEmpty ? "" : _bits.ToString("x32", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="ToString()"/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        charsWritten = 0;
        return IsEmpty || _bits.TryFormat(destination, out charsWritten, "x32", CultureInfo.InvariantCulture);
    }
}
