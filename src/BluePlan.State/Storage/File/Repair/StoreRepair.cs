using System.Globalization;

namespace BluePlan.State.Storage;

/// <summary>Finds out what is damaged in a store, and makes a whole one of what is not.</summary>
internal static class StoreRepair
{
    private const string FormerPrefix = "former-";

    public static FileStoreReport Verify(IFileSystem files, string path, TimeProvider time)
    {
        using var directory = StoreDirectory.OpenAsItIs(files, path, time.GetUtcNow());
        return StoreSalvage.Read(directory, time).Report(null);
    }

    /// <summary>
    /// Everything that could be read becomes a snapshot of a new epoch, beside what is there; its rename is the step. Only then is what was there moved out of the way.
    /// </summary>
    public static FileStoreReport Repair(IFileSystem files, string path, TimeProvider time)
    {
        using var directory = StoreDirectory.OpenAsItIs(files, path, time.GetUtcNow());
        var salvage = StoreSalvage.Read(directory, time);
        if (salvage.Report(null).IsWhole) return salvage.Report(null);
        directory.DeleteLeftOvers();
        var identity = salvage.Identity with { Epoch = salvage.Identity.Epoch + 1 };
        var number = directory.Segments().Concat(directory.Snapshots()).DefaultIfEmpty(0).Max() + 1;
        directory.PrepareSegment(identity, number);
        Write(directory, salvage, identity, number);
        if (directory.MarkerDamage is not null) directory.WriteMarker(replace: true);
        return salvage.Report(MoveFormer(directory, number));
    }

    private static void Write(StoreDirectory directory, StoreSalvage salvage, StoreIdentity identity, long number)
    {
        var name = StoreNames.Snapshot(number);
        try
        {
            Write(directory, salvage, identity, number, name);
        }
        catch (Exception exception)
        {
            directory.Discard(name + StoreNames.Temporary, exception);
            throw;
        }
    }

    private static void Write(StoreDirectory directory, StoreSalvage salvage, StoreIdentity identity, long number, string name)
    {
        using var writer = new SnapshotWriter(directory, name + StoreNames.Temporary, identity);
        foreach (var partition in salvage.Engine.Partitions)
        {
            var (keys, _, _) = salvage.Engine.Capture(partition);
            writer.Begin(partition.Number, keys.Count, salvage.HighestSequence);
            foreach (var node in keys.Nodes())
                foreach (var record in StoredParts.Of(partition.Number, node)) writer.Write(record);
        }
        writer.Complete(number, salvage.HighestSequence + 1);
        directory.Publish(name, writer.File);
    }

    private static string MoveFormer(StoreDirectory directory, long number)
    {
        var former = string.Create(CultureInfo.InvariantCulture, $"{FormerPrefix}{number:x16}");
        directory.MoveInto(former, directory.Snapshots().Where(n => n < number).Select(StoreNames.Snapshot).Concat(directory.Segments().Where(n => n < number).Select(StoreNames.Segment)));
        return former;
    }
}
