namespace BluePlan.State.Storage;

/// <summary>
/// Proves that what an open store has on disk is what the next opening will find: its directory stands at its path, and its lock, marker, snapshot and segments stand in it under their names. Each of them is
/// kept open, so that Windows lets nobody take it away, and Unix gives its inode to no other file.
/// </summary>
/// <remarks>Safe for any number of threads.</remarks>
/// <param name="folder">The open directory.</param>
/// <param name="path">The path that must lead to it, as messages show it.</param>
/// <param name="time">Tells how long the directory has been as it is.</param>
internal sealed class StoreOwnership(IStoreFolder folder, string path, TimeProvider time) : IDisposable
{
    // Several ticks of a clock of fractions of a second, and of one of whole or even seconds.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CoarseSettling = TimeSpan.FromSeconds(5);
    private const long Second = 1_000_000_000;

    private readonly Lock _gate = new();
    private volatile KeptFile[] _kept = [];
    private volatile Proof? _proof;

    /// <summary>Looks at everything.</summary>
    /// <exception cref="StoreLostException">It is no longer so.</exception>
    public void Prove() => Prove(folder.Look());

    /// <summary>
    /// The same for every batch: looks at the files only when a name in their directory may have changed since they were
    /// looked at last. What is not told by that, such as another file mounted over one of them, the full proof finds.
    /// </summary>
    /// <exception cref="StoreLostException">It is no longer so.</exception>
    public void ProveUnlessUnchanged()
    {
        var look = folder.Look();
        var isUnchanged = look.IsAtItsPath && _proof is { IsSettled: true } proof && proof.Changed == look.Changed && ReferenceEquals(proof.Kept, _kept);
        if (!isUnchanged) Prove(look);
    }

    private void Prove(FolderLook look)
    {
        while (true)
        {
            var (kept, begun) = (_kept, time.GetTimestamp());
            if (!look.IsAtItsPath) throw new StoreLostException($"The directory '{path}' was removed, renamed or replaced while the store was open.");
            if (Array.Find(kept, f => !folder.Holds(f.Name, f.File)).Name is not { } loss)
            {
                Remember(look, kept, begun);
                return;
            }
            // The store itself may have released the file since, to delete it.
            if (ReferenceEquals(kept, _kept)) throw Lost(loss);
            look = folder.Look();
        }
    }

    /// <summary>
    /// A change within the same tick of the file system's clock does not show, so a proof holds for later only if the
    /// directory had been as it is for longer than that.
    /// </summary>
    private void Remember(FolderLook look, KeptFile[] kept, long begun)
    {
        if (look.Changed is not { } changed) return;
        var since = _proof is { } last && last.Changed == changed ? last.Since : begun;
        _proof = new(changed, since, kept, time.GetElapsedTime(since, begun) >= (changed % Second == 0 ? CoarseSettling : Settling));
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

    /// <summary>That all files were there.</summary>
    /// <param name="Changed">What the directory said of its last change before.</param>
    /// <param name="Since">When it was first seen to say so.</param>
    /// <param name="Kept">The files.</param>
    /// <param name="IsSettled">Whether it shows when a name changes from then on.</param>
    private sealed record Proof(long Changed, long Since, KeptFile[] Kept, bool IsSettled);
}
