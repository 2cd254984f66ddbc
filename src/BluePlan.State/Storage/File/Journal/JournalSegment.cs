namespace BluePlan.State.Storage;

/// <summary>A segment of the journal that is open for writing.</summary>
/// <param name="store">The store and epoch that its frames belong to.</param>
/// <param name="number">Its number.</param>
/// <param name="path">Where it is.</param>
/// <param name="file">The open file.</param>
/// <param name="offset">Where the next frame goes; 0 = the segment was prepared and not begun.</param>
internal sealed class JournalSegment(StoreIdentity store, long number, string path, IStoreFile file, long offset) : IDisposable
{
    // Segments are read whole.
    private const long MaximumBytes = 1L << 30;
    private const long FirstReserve = 64L << 10;
    private const long LargestReserve = 4L << 20;

    private long _reserved = file.Length;

    public StoreIdentity Store { get; private set; } = store;

    public long Number => number;

    public string Path => path;

    public long Offset { get; private set; } = offset;

    /// <summary>Gives the segment its first space on disk.</summary>
    public void Prepare()
    {
        file.Preallocate(_reserved = FirstReserve);
        file.Flush();
    }

    /// <summary>Gives the segment, which is not begun, to another epoch.</summary>
    public void MoveTo(StoreIdentity identity) => Store = identity;

    /// <summary>Writes frames behind those that are there, and before the first ones the header.</summary>
    public void Write(ReadOnlySpan<byte> frames, long firstSequence)
    {
        var begun = Offset > 0;
        if (!begun) Offset = JournalFormat.HeaderBytes;
        if (Offset + frames.Length > MaximumBytes) throw new IOException($"'{path}' has grown to {Offset:N0} bytes because no segment could be prepared to follow it.");
        if (Offset + frames.Length > _reserved) Reserve(Offset + frames.Length);
        if (!begun)
        {
            Span<byte> header = stackalloc byte[JournalFormat.HeaderBytes];
            JournalFormat.WriteHeader(header, Store, number, firstSequence);
            file.Write(header, 0);
        }
        file.Write(frames, Offset);
        Offset += frames.Length;
    }

    public void Flush() => file.Flush();

    /// <summary>Gives back the space that was kept for frames to come.</summary>
    public void Trim()
    {
        file.Truncate(Offset);
        _reserved = Offset;
    }

    public void Dispose() => file.Dispose();

    private void Reserve(long needed)
    {
        // Each time as much again as there is, within limits: a small store stays small, a busy one is seldom held up by it.
        var length = needed + Math.Clamp(_reserved, FirstReserve, LargestReserve);
        file.Preallocate(length -= length % FirstReserve);
        _reserved = length;
    }
}
