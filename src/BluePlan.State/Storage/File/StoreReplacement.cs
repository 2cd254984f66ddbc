namespace BluePlan.State.Storage;

/// <summary>
/// Replaces a whole store on disk in one step: everything new is a snapshot of a new epoch, written beside the living store, and its rename is the step. What the journal holds by then belongs to the epoch before.
/// </summary>
/// <param name="directory">The store.</param>
/// <param name="engine">What is living.</param>
/// <param name="journal">Its journal.</param>
/// <param name="prepareFollowing">Sees to it that a segment follows the one that is being written.</param>
internal sealed class StoreReplacement(StoreDirectory directory, StateEngine engine, Journal journal, Func<JournalSegment> prepareFollowing)
{
    /// <summary>Answers how long the new snapshot is. When it throws, all is as it was; or the journal has failed, when nobody can tell.</summary>
    public long Run(Replacement replacement, StoreIdentity from, StoreIdentity to, TimeProvider time, CancellationToken cancellationToken)
    {
        replacement.KeepSequences(engine.Partitions, time.GetUtcNow());
        var temporary = StoreNames.Replacement + StoreNames.Temporary;
        using var writer = new SnapshotWriter(directory.Files, directory.PathOf(temporary), to, engine.Partitions.Count);
        for (var partition = 0; partition < replacement.Tables.Count; partition++) Write(writer, partition, replacement.Tables[partition].TakeSnapshot(), cancellationToken);
        engine.Replace(replacement, moved =>
        {
            // Their sequences went on while the snapshot was written; what comes again replaces what came before.
            foreach (var (key, log) in moved)
            {
                writer.Begin(key.Partition, 0, 0);
                foreach (var record in StoredParts.Of(key, log)) writer.Write(record);
            }
            return Switch(writer, temporary, from, to);
        });
        return writer.Bytes;
    }

    private static void Write(SnapshotWriter writer, int partition, KeySnapshot keys, CancellationToken cancellationToken)
    {
        writer.Begin(partition, keys.Count, 0);
        foreach (var node in keys.Nodes())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var record in StoredParts.Of(node.Key(partition), node.Content)) writer.Write(record);
        }
    }

    /// <summary>Under the locks of all partitions. Answers the position that everything new has.</summary>
    private long Switch(SnapshotWriter writer, string temporary, StoreIdentity from, StoreIdentity to)
    {
        journal.Flush();
        var segment = prepareFollowing();
        var next = journal.BeginCheckpoint() ?? throw new InvalidOperationException("Somebody wrote while all partitions were locked.");
        writer.SetPositions(next - 1);
        writer.Complete(segment.Number, next);
        segment.MoveTo(to);
        try
        {
            directory.Files.Rename(directory.PathOf(temporary), directory.PathOf(StoreNames.Snapshot(segment.Number)));
        }
        catch
        {
            segment.MoveTo(from);
            throw;
        }
        try
        {
            directory.Files.FlushDirectory(directory.Path);
        }
        catch (Exception exception)
        {
            journal.Fail(exception);
            throw StoreErrors.Unavailable("could not make an import safe; which of the two states it has, opening it anew will tell", directory.Path, exception, mayHaveBeenWritten: true);
        }
        return next - 1;
    }
}
