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
        directory.PrepareSegment(identity, number).Dispose();
        Write(directory, salvage, identity, number);
        if (directory.MarkerDamage is not null) directory.WriteMarker();
        return salvage.Report(MoveFormer(directory, number));
    }

    private static void Write(StoreDirectory directory, StoreSalvage salvage, StoreIdentity identity, long number)
    {
        var name = StoreNames.Snapshot(number);
        try
        {
            WriteWhole(directory, salvage, identity, number, name);
        }
        catch (Exception exception)
        {
            directory.Discard(name + StoreNames.Temporary, exception);
            throw;
        }
        directory.Publish(name);
    }

    private static void WriteWhole(StoreDirectory directory, StoreSalvage salvage, StoreIdentity identity, long number, string name)
    {
        using var writer = new SnapshotWriter(directory.Files, directory.PathOf(name + StoreNames.Temporary), identity);
        foreach (var partition in salvage.Engine.Partitions)
        {
            var (keys, _, _) = salvage.Engine.Capture(partition);
            writer.Begin(partition.Number, keys.Count, salvage.HighestSequence);
            foreach (var node in keys.Nodes())
                foreach (var record in StoredParts.Of(partition.Number, node)) writer.Write(record);
        }
        writer.Complete(number, salvage.HighestSequence + 1);
    }

    private static string MoveFormer(StoreDirectory directory, long number)
    {
        var former = string.Create(CultureInfo.InvariantCulture, $"{FormerPrefix}{number:x16}");
        directory.Files.CreateDirectory(directory.PathOf(former));
        foreach (var name in directory.Snapshots().Where(n => n < number).Select(StoreNames.Snapshot).Concat(directory.Segments().Where(n => n < number).Select(StoreNames.Segment)))
            directory.Files.Rename(directory.PathOf(name), Path.Combine(directory.PathOf(former), name));
        directory.Files.FlushDirectory(directory.PathOf(former));
        directory.Files.FlushDirectory(directory.Path);
        return former;
    }
}
