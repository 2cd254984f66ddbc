namespace BluePlan.State.Storage;

/// <summary>A segment of the journal that is open for writing.</summary>
/// <param name="store">The store and epoch that its frames belong to.</param>
/// <param name="number">Its number.</param>
/// <param name="path">Where it is.</param>
/// <param name="file">The open file, which its directory closes.</param>
/// <param name="offset">Where the next frame goes; 0 = the segment was prepared and not begun.</param>
internal sealed class JournalSegment(StoreIdentity store, long number, string path, IStoreFile file, long offset)
{
    // Segments are read whole.
    private const long MaximumBytes = 1L << 30;
    private const long FirstReserve = 64L << 10;
    private const long PageBytes = 4L << 10;
    private const long LargestReserve = 4L << 20;

    private readonly Lock _extending = new();
    private long _reserved = file.Length;
    private long _promised = Math.Max(offset, JournalFormat.HeaderBytes);

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

    /// <summary>Whether so little space is left that more should be reserved before a commit needs it.</summary>
    public bool IsShort => Reserved - Volatile.Read(ref _promised) < Step / 2;

    private long Reserved => Volatile.Read(ref _reserved);

    // Each time as much again as there is, within limits: a small store stays small, a busy one is seldom held up by it.
    private long Step => Math.Clamp(Reserved, FirstReserve, LargestReserve);

    /// <summary>
    /// Keeps space on disk for frames that are about to be accepted, so that writing them cannot run out of it. Under the journal's gate.
    /// </summary>
    /// <exception cref="IOException">The disk has no space for them. Nothing was written, and nothing is kept.</exception>
    public void Promise(long bytes)
    {
        if (_promised + bytes > Reserved) Extend(_promised + bytes, _promised + bytes + Step);
        Volatile.Write(ref _promised, _promised + bytes);
    }

    /// <summary>Reserves space for commits to come.</summary>
    /// <exception cref="IOException">The disk has no space for more.</exception>
    public void ReserveAhead()
    {
        var promised = Volatile.Read(ref _promised);
        Extend(promised + Step / 2, promised + Step);
    }

    /// <summary>Writes frames that were promised behind those that are there, and before the first ones the header.</summary>
    public void Write(ReadOnlySpan<byte> frames, long firstSequence)
    {
        var start = Math.Max(Offset, JournalFormat.HeaderBytes);
        if (Offset == 0)
        {
            Span<byte> header = stackalloc byte[JournalFormat.HeaderBytes];
            JournalFormat.WriteHeader(header, Store, number, firstSequence);
            file.Write(header, 0);
        }
        file.Write(frames, start);
        Offset = start + frames.Length;
    }

    /// <summary>
    /// Removes what a failed write has left behind the frames that are whole. <c>true</c> if the disk is known to hold none of it; otherwise, <c>false</c>.
    /// </summary>
    public bool TryUndo()
    {
        try
        {
            Trim();
            Flush();
            return true;
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception))
        {
            // The write's own failure is what is reported.
            return false;
        }
    }

    public void Flush() => file.Flush();

    /// <summary>Gives back the space that was kept for frames to come.</summary>
    public void Trim()
    {
        file.Truncate(Offset);
        Volatile.Write(ref _reserved, Offset);
    }

    /// <summary>Gets as much space as is wanted, or at least what is needed.</summary>
    private void Extend(long needed, long wanted)
    {
        lock (_extending)
        {
            if (needed <= Reserved) return;
            if (needed > MaximumBytes) throw new IOException($"'{path}' has grown to {_promised:N0} bytes because no segment could be prepared to follow it.");
            try
            {
                Preallocate(Math.Max(needed, wanted / FirstReserve * FirstReserve));
            }
            catch (IOException)
            {
                // A disk that is nearly full may have space for what is needed now, though not for more.
                PreallocateOrRestore((needed + PageBytes - 1) / PageBytes * PageBytes);
            }
        }
    }

    private void PreallocateOrRestore(long length)
    {
        try
        {
            Preallocate(length);
        }
        catch
        {
            // Some file systems keep what they could allocate: the last space of a full disk.
            if (file.Length > Reserved) file.Truncate(Reserved);
            throw;
        }
    }

    private void Preallocate(long length)
    {
        file.Preallocate(length);
        Volatile.Write(ref _reserved, length);
    }
}
