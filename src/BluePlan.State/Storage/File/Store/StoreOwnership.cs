namespace BluePlan.State.Storage;

/// <summary>
/// Proves that what an open store has on disk is what the next opening will find: its directory stands at its path, and its lock, marker, snapshot and segments stand in it under their names. Each of them is
/// kept open, so that Windows lets nobody take it away, and Unix gives its inode to no other file.
/// </summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed class StoreOwnership(IStoreFolder folder, string path) : IDisposable
{
    private readonly Lock _gate = new();
    private volatile KeptFile[] _kept = [];

    /// <exception cref="StoreLostException">It is no longer so.</exception>
    public void Prove()
    {
        while (true)
        {
            var kept = _kept;
            var loss = folder.IsAtItsPath() ? Array.Find(kept, f => !folder.Holds(f.Name, f.File)).Name : "";
            if (loss is null) return;
            if (loss.Length == 0) throw new StoreLostException($"The directory '{path}' was removed, renamed or replaced while the store was open.");
            // The store itself may have released the file since, to delete it.
            if (ReferenceEquals(kept, _kept)) throw Lost(loss);
        }
    }

    /// <exception cref="StoreLostException">The name does not lead to this open file.</exception>
    public void Prove(string name, IStoreFile file)
    {
        if (!folder.Holds(name, file)) throw Lost(name);
    }

    /// <summary>Keeps a file as part of the store. It is closed when it is released, or with the store.</summary>
    public void Keep(string name, IStoreFile file)
    {
        lock (_gate) _kept = [.. _kept, new(name, file)];
    }

    /// <summary>Keeps a file in the place of another opening of the same file, which is closed.</summary>
    /// <exception cref="StoreLostException">The name leads to another file by now.</exception>
    public void KeepInstead(string name, IStoreFile file)
    {
        Prove(name, file);
        Release(name);
        Keep(name, file);
    }

    public bool Keeps(IStoreFile file) => Array.Exists(_kept, f => ReferenceEquals(f.File, file));

    public bool Keeps(string name) => Array.Exists(_kept, f => f.Name == name);

    /// <summary>Deletes a file of the store, if it is kept.</summary>
    /// <returns>Whether it was kept.</returns>
    /// <exception cref="StoreLostException">The name leads to another file by now, which stays.</exception>
    public bool TryDelete(string name)
    {
        var file = Take(name);
        if (file is null) return false;
        try
        {
            return folder.TryDelete(name, file) ? true : throw Lost(name);
        }
        finally
        {
            file.Dispose();
        }
    }

    /// <summary>Closes a file that stops being part of the store, if it is kept.</summary>
    /// <exception cref="StoreLostException">The name leads to another file by now.</exception>
    public void Release(string name)
    {
        using var file = Take(name);
        if (file is not null) Prove(name, file);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (_, file) in _kept) file.Dispose();
            _kept = [];
        }
    }

    private IStoreFile? Take(string name)
    {
        lock (_gate)
        {
            var file = Array.Find(_kept, f => f.Name == name).File;
            if (file is not null) _kept = [.. _kept.Where(f => f.Name != name)];
            return file;
        }
    }

    private StoreLostException Lost(string name) => new($"The file '{name}' of the store in '{path}' was removed, renamed or replaced while the store was open.");

    private readonly record struct KeptFile(string Name, IStoreFile File);
}
