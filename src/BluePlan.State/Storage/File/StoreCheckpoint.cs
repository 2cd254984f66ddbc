using Microsoft.Extensions.Logging;

namespace BluePlan.State.Storage;

/// <summary>Writes a snapshot of everything while writers go on, and deletes the journal that it makes superfluous.</summary>
/// <param name="directory">The store.</param>
/// <param name="engine">What is living.</param>
/// <param name="journal">Its journal.</param>
/// <param name="segments">Its journal's segments.</param>
/// <param name="logger">Gets what could not be deleted.</param>
internal sealed class StoreCheckpoint(StoreDirectory directory, StateEngine engine, Journal journal, JournalSegments segments, ILogger logger)
{
    /// <summary>Answers how long the snapshot is. When it throws nothing is lost, and the journal is as long as it was.</summary>
    public async ValueTask<long> RunAsync(CancellationToken cancellationToken)
    {
        directory.DeleteLeftOvers();
        var start = segments.BeginCheckpoint();
        var name = StoreNames.Snapshot(start.SegmentNumber);
        long bytes;
        using (var writer = new SnapshotWriter(directory.Files, directory.PathOf(name + StoreNames.Temporary), segments.Identity))
        {
            foreach (var partition in engine.Partitions) Write(writer, partition, cancellationToken);
            // A snapshot must not hold what the journal could still lose: its sequences would be given again.
            await journal.FlushAsync(cancellationToken).ConfigureAwait(false);
            writer.Complete(start.SegmentNumber, start.BaseSequence);
            bytes = writer.Bytes;
        }
        directory.Publish(name);
        journal.EndCheckpoint(start.Bytes);
        StoreErrors.Try(() => directory.DeleteBefore(start.SegmentNumber), exception => FileLog.SuperfluousNotDeleted(logger, exception, directory.Path));
        return bytes;
    }

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
