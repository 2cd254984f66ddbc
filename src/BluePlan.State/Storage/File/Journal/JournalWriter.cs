namespace BluePlan.State.Storage;

/// <summary>The journal's end on disk: the segment that is being written, and up to where it is flushed. By one thread at a time; its figures may be read by all.</summary>
/// <param name="directory">The store.</param>
/// <param name="durability">When a commit is acknowledged.</param>
/// <param name="segment">Where to go on.</param>
/// <param name="lastSequence">The last sequence that is on disk, flushed.</param>
/// <param name="bytes">How many bytes came since the last checkpoint.</param>
internal sealed class JournalWriter(StoreDirectory directory, FileDurability durability, JournalSegment segment, long lastSequence, long bytes)
{
    private JournalSegment _segment = segment;
    private long _written = lastSequence;
    private long _flushed = lastSequence;
    private long _bytes = bytes;

    /// <summary>The last sequence that is on disk for sure.</summary>
    public long Flushed => Volatile.Read(ref _flushed);

    /// <inheritdoc cref="Journal.BytesSinceCheckpoint"/>
    public long BytesSinceCheckpoint => Volatile.Read(ref _bytes);

    /// <inheritdoc cref="Journal.SegmentNumber"/>
    public long SegmentNumber => Volatile.Read(ref _segment).Number;

    /// <inheritdoc cref="Journal.SegmentLength"/>
    public long SegmentLength => Volatile.Read(ref _segment).Offset;

    /// <summary>Writes a batch, and makes it as safe as it must be to be acknowledged.</summary>
    public void Write(JournalBatch batch)
    {
        if (batch.Segment is { } next)
        {
            // What is in a segment is safe before the next one begins, in every mode: so only the last one can be torn.
            Flush();
            Volatile.Write(ref _segment, next);
            batch.Segment = null;
        }
        // The files may be another owner's by now, who must not find what this one writes.
        directory.ProveUnlessUnchanged();
        JournalFormat.Seal(batch.Frames, _segment.Store, _flushed);
        batch.WasWritten = true;
        try
        {
            _segment.Write(batch.Frames, batch.First);
        }
        catch (Exception exception) when (StoreErrors.IsOfFiles(exception))
        {
            batch.WasWritten = !_segment.TryUndo();
            throw;
        }
        Interlocked.Add(ref _bytes, batch.Frames.Length);
        _written = batch.Last;
        if (durability is FileDurability.Always) Flush();
        else directory.ProveUnlessUnchanged();
    }

    /// <summary>Flushes what was written.</summary>
    public void Flush()
    {
        if (_flushed >= _written) return;
        _segment.Flush();
        // What is safe in a file that the next opening does not find is lost.
        directory.ProveUnlessUnchanged();
        Volatile.Write(ref _flushed, _written);
    }

    /// <summary>Gives back the space that was kept for frames to come.</summary>
    public void Trim() => _segment.Trim();

    /// <inheritdoc cref="Journal.EndCheckpoint"/>
    public void EndCheckpoint(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
