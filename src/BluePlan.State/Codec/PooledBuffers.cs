namespace BluePlan.State;

/// <summary>Buffers that one commit needs together; disposing returns the memory of all of them.</summary>
internal sealed class PooledBuffers : IDisposable
{
    private readonly List<PooledBuffer> _buffers = [];

    /// <summary>Takes a buffer over and returns what was written to it.</summary>
    public ReadOnlyMemory<byte> Add(PooledBuffer buffer)
    {
        _buffers.Add(buffer);
        return buffer.Written;
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers) buffer.Dispose();
        _buffers.Clear();
    }
}
