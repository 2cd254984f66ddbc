using Microsoft.Extensions.Logging;

namespace BluePlan.State.Storage;

/// <summary>
/// Replaces a whole store on disk in one step: everything new is a snapshot of a new epoch, written beside the living store, and its rename is the step. What the journal holds by then belongs to the epoch before.
/// </summary>
/// <param name="directory">The store.</param>
/// <param name="engine">What is living.</param>
/// <param name="journal">Its journal.</param>
/// <param name="segments">Its journal's segments.</param>
/// <param name="logger">Gets what could not be deleted.</param>
internal sealed class StoreReplacement(StoreDirectory directory, StateEngine engine, Journal journal, JournalSegments segments, ILogger logger)
{
    private long _first;

    /// <summary>Answers how long the new snapshot is. When it throws, all is as it was; or the journal has failed, when nobody can tell.</summary>
    public long Run(Replacement replacement, TimeProvider time, CancellationToken cancellationToken)
    {
        directory.DeleteLeftOvers();
        var to = segments.Identity with { Epoch = segments.Identity.Epoch + 1 };
        replacement.KeepSequences(engine.Partitions, time.GetUtcNow());
        var temporary = StoreNames.Replacement + StoreNames.Temporary;
        try
        {
            return Run(replacement, to, temporary, cancellationToken);
        }
        catch (Exception exception)
        {
            directory.Discard(temporary, exception);
            throw;
        }
    }

    private long Run(Replacement replacement, StoreIdentity to, string temporary, CancellationToken cancellationToken)
    {
        using var writer = new SnapshotWriter(directory, temporary, to);
        for (var partition = 0; partition < replacement.Tables.Count; partition++) Write(writer, partition, replacement.Tables[partition].TakeSnapshot(), cancellationToken);
        engine.Replace(replacement, moved =>
        {
            // Their sequences went on while the snapshot was written; what comes again replaces what came before.
            foreach (var (key, log) in moved)
            {
                writer.Begin(key.Partition, 0, 0);
                foreach (var record in StoredParts.Of(key, log)) writer.Write(record);
            }
            return Switch(writer, temporary, to);
        });
        StoreErrors.Try(() => directory.DeleteBefore(_first), exception => FileLog.SuperfluousNotDeleted(logger, exception, directory.Path));
        return writer.Bytes;
    }

    private static void Write(SnapshotWriter writer, int partition, KeySnapshot keys, CancellationToken cancellationToken)
    {
        writer.Begin(partition, keys.Count, 0);
        foreach (var node in keys.Nodes())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var record in StoredParts.Of(partition, node)) writer.Write(record);
        }
    }

    /// <summary>Under the locks of all partitions. Answers the position that everything new has.</summary>
    private long Switch(SnapshotWriter writer, string temporary, StoreIdentity to)
    {
        journal.Flush();
        var position = 0L;
        segments.ChangeEpoch(to, start =>
        {
            position = start.BaseSequence - 1;
            writer.SetPositions(position);
            writer.Complete(start.SegmentNumber, start.BaseSequence);
            var name = StoreNames.Snapshot(start.SegmentNumber);
            directory.Rename(name, temporary, writer.File);
            try
            {
                directory.FlushRenamed();
            }
            catch (Exception exception)
            {
                journal.Fail(exception);
                throw StoreErrors.Unavailable("could not make an import safe; which of the two states it has, opening it anew will tell", directory.Path, exception, mayHaveBeenWritten: true);
            }
            journal.EndCheckpoint(start.Bytes);
            _first = start.SegmentNumber;
        });
        return position;
    }
}
