using System.Buffers;

namespace BluePlan.State.Storage;

/// <summary>Encodes what a commit changed, outside the journal's locks.</summary>
internal static class JournalBody
{
    private const int KeptBytes = 256 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_scratch;

    /// <summary>The body of a frame, good until this thread asks for the next one.</summary>
    /// <exception cref="InvalidOperationException">It is longer than a frame may be.</exception>
    public static ReadOnlySpan<byte> Of(IReadOnlyList<StateChange> changes)
    {
        var scratch = s_scratch ??= new(512);
        scratch.ResetWrittenCount();
        StateChangeCodec.Write(scratch, changes);
        if (scratch.Capacity > KeptBytes) s_scratch = null;
        return scratch.WrittenCount <= JournalFormat.MaximumBodyBytes ? scratch.WrittenSpan
            : throw new InvalidOperationException($"A change takes {scratch.WrittenCount:N0} bytes, and the journal of a file store takes at most {JournalFormat.MaximumBodyBytes:N0} at a time. Nothing was written.");
    }
}
