using Microsoft.Extensions.Logging;

namespace BluePlan.State.Storage;

/// <summary>Writes a snapshot of everything while writers go on, and deletes the journal that it makes superfluous.</summary>
/// <param name="directory">The store.</param>
/// <param name="engine">What is living.</param>
/// <param name="journal">Its journal.</param>
/// <param name="segments">Its journal's segments.</param>
/// <param name="most">How long the snapshot becomes at most, about.</param>
/// <param name="logger">Gets what could not be deleted.</param>
internal sealed class StoreCheckpoint(StoreDirectory directory, StateEngine engine, Journal journal, JournalSegments segments, long most, ILogger logger)
{
    // What a snapshot leaves to the journal: on a full disk a commit is worth more than a snapshot that may not fit.
    private const long LeftBytes = 1L << 20;

    /// <summary>Answers how long the snapshot is. When it throws nothing is lost, and the journal is as long as it was.</summary>
    public async ValueTask<long> RunAsync(CancellationToken cancellationToken)
    {
        directory.DeleteLeftOvers();
        DemandSpace(cancellationToken);
        var start = segments.BeginCheckpoint();
        var name = StoreNames.Snapshot(start.SegmentNumber);
        long bytes;
        try
        {
            bytes = await WriteAsync(name, start, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            directory.Discard(name + StoreNames.Temporary, exception);
            throw;
        }
        journal.EndCheckpoint(start.Bytes);
        StoreErrors.Try(() => directory.DeleteBefore(start.SegmentNumber), exception => FileLog.SuperfluousNotDeleted(logger, exception, directory.Path));
        return bytes;
    }

    private async ValueTask<long> WriteAsync(string name, CheckpointStart start, CancellationToken cancellationToken)
    {
        using var writer = new SnapshotWriter(directory, name + StoreNames.Temporary, segments.Identity) { Writing = KeepSpace };
        foreach (var partition in engine.Partitions) Write(writer, partition, cancellationToken);
        // A snapshot must not hold what the journal could still lose: its sequences would be given again.
        await journal.FlushAsync(cancellationToken).ConfigureAwait(false);
        writer.Complete(start.SegmentNumber, start.BaseSequence);
        directory.Publish(name, writer.File);
        return writer.Bytes;
    }

    /// <summary>Gives up before anything is written if the disk has no space for the snapshot.</summary>
    private void DemandSpace(CancellationToken cancellationToken)
    {
        if (Free >= most + LeftBytes) return;
        // That is only a bound, and a snapshot is what frees space: so how long it becomes is found out.
        using var measured = SnapshotWriter.ToMeasure(segments.Identity);
        foreach (var partition in engine.Partitions) Write(measured, partition, cancellationToken);
        measured.Complete(0, 0);
        if (Free is var free && free < measured.Bytes + LeftBytes)
            throw new IOException($"A snapshot takes {measured.Bytes:N0} bytes, and the disk has {free:N0} left, of which {LeftBytes:N0} are kept for the journal. Free space; until then the journal grows.");
    }

    /// <summary>Gives up when others have filled the disk meanwhile.</summary>
    private void KeepSpace(int bytes)
    {
        if (Free is var free && free < bytes + LeftBytes / 2) throw new IOException($"The disk has {free:N0} bytes left, which are kept for the journal. Free space; until then the journal grows.");
    }

    private long Free => directory.FreeBytes;

    private void Write(SnapshotWriter writer, Partition partition, CancellationToken cancellationToken)
    {
        var (keys, position, now) = engine.Capture(partition);
        writer.Begin(partition.Number, keys.Count, position);
        foreach (var node in keys.Nodes())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (node.IsExpiredAt(now)) continue;
            foreach (var record in StoredParts.Of(partition.Number, node)) writer.Write(record);
        }
    }
}
