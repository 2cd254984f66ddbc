using System.Buffers;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>Writes the primitives that all stored formats are made of. Call <see cref="Complete"/> at the end.</summary>
/// <remarks>
/// A number is a base-128 varint, the lowest seven bits first, its top bit set while more follow; a signed one is folded by zigzag first (0, −1, 1, −2 …). Bytes and text (UTF-8) are a number, how many bytes,
/// and the bytes. An instant is a signed number, milliseconds since 1970-01-01 UTC.
/// </remarks>
internal ref struct FormatWriter(IBufferWriter<byte> output)
{
    private const int MaximumNumberBytes = 10;
    private const int Chunk = 512;

    private Span<byte> _free;
    private int _used;

    public void Byte(byte value)
    {
        Reserve(1);
        _free[_used++] = value;
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(ulong value)
    {
        Reserve(MaximumNumberBytes);
        while (value >= 0x80)
        {
            _free[_used++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _free[_used++] = (byte)value;
    }

    public void Signed(long value) => Number((ulong)((value << 1) ^ (value >> 63)));

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number((ulong)value.Length);
        Raw(value);
    }

    public void Text(string value)
    {
        // One byte a character is nearly always right; then the length is known before the text is written.
        if (value.Length <= Chunk && Ascii.IsValid(value))
        {
            Number((ulong)value.Length);
            Reserve(value.Length);
            _used += Encoding.ASCII.GetBytes(value, _free[_used..]);
            return;
        }
        var length = Encoding.UTF8.GetByteCount(value);
        Number((ulong)length);
        Reserve(length);
        _used += Encoding.UTF8.GetBytes(value, _free[_used..]);
    }

    public void Instant(DateTimeOffset value) => Signed(value.ToUnixTimeMilliseconds());

    public void Tag(StateETag tag)
    {
        Reserve(16);
        tag.WriteTo(_free[_used..]);
        _used += 16;
    }

    public void Complete()
    {
        output.Advance(_used);
        _free = default;
        _used = 0;
    }

    private void Raw(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_free[_used..]);
        _used += value.Length;
    }

    private void Reserve(int size)
    {
        if (_free.Length - _used >= size) return;
        if (_used > 0) output.Advance(_used);
        _free = output.GetSpan(Math.Max(size, Chunk));
        _used = 0;
    }
}
