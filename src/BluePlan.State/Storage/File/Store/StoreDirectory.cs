using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>A store's directory, locked: nobody else opens it until this is disposed.</summary>
internal sealed class StoreDirectory : IDisposable
{
    // The root of a volume of its own has this in it.
    private const string MountPoint = "lost+found";

    private readonly IDisposable _lock;

    private StoreDirectory(IFileSystem files, string path, IDisposable held) => (Files, Path, _lock) = (files, path, held);

    public IFileSystem Files { get; }

    public string Path { get; }

    public StoreMarker Marker { get; private set; }

    /// <summary>What is wrong with the marker, which was then put together from the other files; null = nothing.</summary>
    public FileStoreDamage? MarkerDamage { get; private set; }

    /// <summary>Whether it was made just now.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Locks a directory and reads its marker, or makes a new store of an empty one.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The directory.</param>
    /// <param name="partitionCount">How many partitions the store has, or is to have.</param>
    /// <param name="now">When a new store is made.</param>
    /// <param name="expected">The store that must be there already; null = any, or a new one.</param>
    /// <exception cref="InvalidOperationException">Somebody else has it open, or it was made with another number of partitions.</exception>
    /// <exception cref="StateCorruptionException">It holds something that is no store, or its marker is damaged.</exception>
    public static StoreDirectory Open(IFileSystem files, string path, int partitionCount, DateTimeOffset now, UInt128? expected = null)
    {
        if (expected is null) files.CreateDirectory(path);
        else if (!files.List(path).Contains(StoreNames.Marker)) throw new DirectoryNotFoundException($"The directory '{path}' does not hold the store any more.");
        RefuseStrangers(files, path, locked: false);
        var directory = Lock(files, path);
        try
        {
            // Looked at again, since somebody else may have made a store meanwhile.
            RefuseStrangers(files, path, locked: true);
            directory.WriteOwner();
            directory.ReadOrMakeMarker(partitionCount, now);
            if (expected is { } id && directory.Marker.StoreId != id) throw new IOException($"The directory '{path}' holds another store by now.");
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Locks the directory of a store that may be damaged, and changes nothing in it.</summary>
    /// <exception cref="StateNotFoundException">There is no store.</exception>
    /// <exception cref="InvalidOperationException">Somebody else has it open.</exception>
    /// <exception cref="StateCorruptionException">Its marker is damaged, and so is every file that says the same.</exception>
    public static StoreDirectory OpenAsItIs(IFileSystem files, string path, DateTimeOffset now)
    {
        if (!files.List(path).Any(static n => n == StoreNames.Marker || StoreNames.IsSegment(n, out _) || StoreNames.IsSnapshot(n, out _))) throw new StateNotFoundException($"The directory '{path}' holds no store.");
        var directory = Lock(files, path);
        try
        {
            directory.ReadOrRebuildMarker(now);
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The numbers of the journal's segments, rising.</summary>
    public List<long> Segments() => [.. Files.List(Path).Select(static n => StoreNames.IsSegment(n, out var number) ? number : 0).Where(static n => n > 0).Order()];

    /// <summary>The numbers of the snapshots, rising.</summary>
    public List<long> Snapshots() => [.. Files.List(Path).Select(static n => StoreNames.IsSnapshot(n, out var number) ? number : 0).Where(static n => n > 0).Order()];

    /// <summary>A file's bytes.</summary>
    public byte[] Read(string name)
    {
        using var file = Files.OpenRead(PathOf(name));
        var bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length ? bytes : throw new StateCorruptionException($"'{PathOf(name)}' became shorter while it was read, at byte {bytes.Length}.");
    }

    public void DeleteLeftOvers()
    {
        foreach (var name in Files.List(Path).Where(StoreNames.IsLeftOver)) Files.Delete(PathOf(name));
    }

    /// <summary>Deletes what a snapshot has made superfluous.</summary>
    public void DeleteBefore(long segmentNumber)
    {
        foreach (var number in Snapshots().Where(n => n < segmentNumber)) Files.Delete(PathOf(StoreNames.Snapshot(number)));
        foreach (var number in Segments().Where(n => n < segmentNumber)) Files.Delete(PathOf(StoreNames.Segment(number)));
    }

    /// <summary>Deletes a file that could not be completed, so that it takes no space. If that fails too, the failure that led here says so.</summary>
    public void Discard(string name, Exception failure) =>
        StoreErrors.Try(() => Files.Delete(PathOf(name)), second => failure.Data["BluePlan.State.Cleanup"] = second.Message);

    /// <summary>Makes a segment that is ready to be written to. It is safe that it is there.</summary>
    /// <param name="store">The store and epoch that it belongs to.</param>
    /// <param name="number">Its number.</param>
    /// <param name="isNeeded">Whether the store needs it to be there already; otherwise, it is removed if it cannot be completed.</param>
    public JournalSegment PrepareSegment(StoreIdentity store, long number, bool isNeeded = false)
    {
        var path = PathOf(StoreNames.Segment(number));
        var file = Files.Open(path, create: true);
        try
        {
            var segment = new JournalSegment(store, number, path, file, 0);
            segment.Prepare();
            Files.FlushDirectory(Path);
            return segment;
        }
        catch (Exception exception)
        {
            file.Dispose();
            if (!isNeeded) Discard(StoreNames.Segment(number), exception);
            throw;
        }
    }

    /// <summary>Puts a file, written whole and flushed under its temporary name, in its place.</summary>
    public void Publish(string name)
    {
        Files.Rename(PathOf(name + StoreNames.Temporary), PathOf(name));
        Files.FlushDirectory(Path);
    }

    /// <summary>Writes the marker, whatever is in its place.</summary>
    public void WriteMarker()
    {
        try
        {
            using (var file = Files.Open(PathOf(StoreNames.Marker + StoreNames.Temporary), create: true))
            {
                file.Write(Marker.Encode(), 0);
                file.Flush();
            }
            Publish(StoreNames.Marker);
        }
        catch (Exception exception)
        {
            Discard(StoreNames.Marker + StoreNames.Temporary, exception);
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private static StoreDirectory Lock(IFileSystem files, string path)
    {
        var held = files.TryLock(System.IO.Path.Combine(path, StoreNames.Lock)) ?? throw new StoreInUseException($"The store in '{path}' is open elsewhere: {ReadOwner(files, path)} has it. Only one provider can have a directory open; for several processes use Redis.");
        return new(files, path, held);
    }

    /// <summary>A directory without a marker may hold what the interrupted making of a store leaves, and nothing else.</summary>
    private static void RefuseStrangers(IFileSystem files, string path, bool locked)
    {
        var names = files.List(path);
        if (names.Contains(StoreNames.Marker)) return;
        var strangers = names.Where(static n => n is not (StoreNames.Lock or StoreNames.Owner or StoreNames.Marker + StoreNames.Temporary or MountPoint) && n != StoreNames.Segment(1)).ToList();
        var stranger = strangers.Find(static n => StoreNames.IsSegment(n, out _) || StoreNames.IsSnapshot(n, out _)) ?? strangers.FirstOrDefault();
        if (locked && stranger is null && names.Contains(StoreNames.Segment(1)) && IsBegun(files, System.IO.Path.Combine(path, StoreNames.Segment(1)))) stranger = StoreNames.Segment(1);
        if (stranger is null) return;
        throw new StateCorruptionException(StoreNames.IsSegment(stranger, out _) || StoreNames.IsSnapshot(stranger, out _)
            ? $"The store in '{path}' has lost its marker '{StoreNames.Marker}', but holds '{stranger}'. Restore the marker, or the whole directory from a backup."
            : $"The directory '{path}' holds '{stranger}' and is no store. Give the store a directory of its own.");
    }

    private static bool IsBegun(IFileSystem files, string segment)
    {
        using var file = files.OpenRead(segment);
        var header = new byte[JournalFormat.HeaderBytes];
        return header.AsSpan(0, file.Read(header, 0)).ContainsAnyExcept((byte)0);
    }

    private static string ReadOwner(IFileSystem files, string path)
    {
        if (!files.List(path).Contains(StoreNames.Owner)) return "another process";
        using var file = files.OpenRead(System.IO.Path.Combine(path, StoreNames.Owner));
        var bytes = new byte[Math.Min(file.Length, 1024)];
        return file.Read(bytes, 0) is var length and > 0 ? Encoding.UTF8.GetString(bytes, 0, length) : "another process";
    }

    // The owner stands beside the lock, not in it: a locked file cannot be read everywhere.
    private void WriteOwner()
    {
        using var file = Files.Open(PathOf(StoreNames.Owner), create: true);
        file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}")), 0);
    }

    private void ReadOrMakeMarker(int partitionCount, DateTimeOffset now)
    {
        if (Files.List(Path).Contains(StoreNames.Marker)) Marker = ReadMarker();
        else MakeMarker(partitionCount, now);
        if (Marker.PartitionCount != partitionCount)
            throw new InvalidOperationException($"The store in '{Path}' has {Marker.PartitionCount} partitions, but PartitionCount is {partitionCount}. The number is fixed when a store is made. Set PartitionCount to {Marker.PartitionCount}.");
    }

    private StoreMarker ReadMarker()
    {
        using var file = Files.OpenRead(PathOf(StoreNames.Marker));
        var bytes = new byte[StoreMarker.Bytes + 1];
        return StoreMarker.Decode(bytes.AsSpan(0, file.Read(bytes, 0)), PathOf(StoreNames.Marker));
    }

    /// <summary>First the journal, then the marker: a marker without a journal means that the journal was lost.</summary>
    private void MakeMarker(int partitionCount, DateTimeOffset now)
    {
        (Marker, IsNew) = (new(partitionCount, BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16)), now), true);
        PrepareSegment(new(Marker.StoreId, partitionCount, 0), 1).Dispose();
        WriteMarker();
    }

    private void ReadOrRebuildMarker(DateTimeOffset now)
    {
        var there = Files.List(Path).Contains(StoreNames.Marker);
        try
        {
            if (there)
            {
                Marker = ReadMarker();
                return;
            }
        }
        catch (StateCorruptionException exception) when (!StoreErrors.IsUnknownVersion(exception))
        {
            // Judged below: other files say the same.
        }
        var known = Identities().FirstOrDefault() is { } found ? found : throw new StateCorruptionException($"The marker '{PathOf(StoreNames.Marker)}' of the store is {(there ? "damaged, at byte 0" : "missing")}, and no other file says what it said. Restore the directory from a backup.");
        Marker = new(known.PartitionCount, known.Id, now);
        MarkerDamage = new(StoreNames.Marker, 0, there ? "the store's marker is damaged; the other files say the same" : "the store's marker is missing; the other files say the same");
    }

    /// <summary>What the headers that are whole say, the newest first.</summary>
    private IEnumerable<StoreIdentity?> Identities()
    {
        foreach (var name in Snapshots().Select(StoreNames.Snapshot).Reverse())
        {
            StoreIdentity? identity = null;
            try
            {
                identity = SnapshotFormat.ReadHeader(Read(name), PathOf(name)).Store;
            }
            catch (StateCorruptionException exception) when (!StoreErrors.IsUnknownVersion(exception))
            {
                continue;
            }
            yield return identity;
        }
        foreach (var name in Segments().Select(StoreNames.Segment).Reverse())
            if (JournalFormat.ReadHeader(Read(name), PathOf(name)) is { } header) yield return header.Store;
    }
}
