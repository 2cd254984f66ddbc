using System.Buffers;

namespace BluePlan.State;

/// <summary>Gathers lines, so that they go to a stream a few hundred kilobytes at a time.</summary>
internal sealed class ExportBuffer(Stream destination, int flushBytes) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _bytes = new(flushBytes);

    public IBufferWriter<byte> Writer => _bytes;

    public bool IsFull => _bytes.WrittenCount >= flushBytes;

    public void EndLine() => _bytes.Write("\n"u8);

    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_bytes.WrittenCount == 0) return;
        await destination.WriteAsync(_bytes.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _bytes.ResetWrittenCount();
    }

    /// <summary>Leaves nothing of what was exported in memory.</summary>
    public void Dispose() => _bytes.Clear();
}
