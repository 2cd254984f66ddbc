using System.Buffers;

namespace BluePlan.State;

/// <summary>A growing buffer on pooled memory. What was written is valid until it is disposed, which gives the memory back, zeroed: it held content, and whoever rents it next may be anybody in the process.</summary>
/// <remarks>The whole array is zeroed and not only what was written: a writer that failed has filled memory that it did not report.</remarks>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes;
    private int _written;

    public PooledBuffer(int capacity = 512) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    /// <summary>What was written, to be read; valid as long as that is.</summary>
    public Stream OpenRead() => new MemoryStream(_bytes, 0, _written, writable: false);

    /// <summary>Begins again, keeping the memory.</summary>
    public void Clear() => _written = 0;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _written));
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_written);
    }

    public void Write(params ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _written += bytes.Length;
    }

    public void Dispose()
    {
        var bytes = _bytes;
        (_bytes, _written) = ([], 0);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
    }

    private void Reserve(int size)
    {
        size = Math.Max(size, 1);
        if (_bytes.Length - _written >= size) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_written + size), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        _bytes.AsSpan(0, _written).CopyTo(larger);
        var old = _bytes;
        _bytes = larger;
        if (old.Length > 0) ArrayPool<byte>.Shared.Return(old, clearArray: true);
    }
}
