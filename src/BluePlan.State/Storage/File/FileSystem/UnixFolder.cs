using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>An open directory of Linux or macOS.</summary>
internal sealed class UnixFolder : ILocalFolder
{
    private const int MaximumAttempts = 8;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly string _shown; // The path as messages show it.
    private readonly bool _isPrivate;
    private readonly FileIdentity _identity;
    private readonly byte[] _pathBytes; // Looked at with every commit.
    private readonly Lazy<bool> _keepsChangeTime;

    private UnixFolder(SafeFileHandle handle, string path, bool isPrivate)
    {
        (_handle, _path, _shown, _isPrivate, _identity) = (handle, path, ShownPath.Of(path), isPrivate, UnixStatus.Of(handle, path).Identity);
        (_pathBytes, _keepsChangeTime) = (UnixStatus.ZeroEnded(path), new(() => UnixChangeTime.IsKeptAt(path)));
    }

    /// <exception cref="NotPrivateException">It must be private and is not.</exception>
    public static UnixFolder Open(string path, bool isPrivate)
    {
        var handle = UnixFiles.OpenDirectory(path);
        try
        {
            if (isPrivate) UnixPrivacy.CheckDirectory(handle, path);
            return new(handle, path, isPrivate);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> List() => UnixListing.Names(_handle, _shown);

    public IStoreFile Create(string name)
    {
        var path = PathOf(name);
        return File(UnixFiles.TryCreate(_handle, name, path) ?? throw new IOException($"'{path}' cannot be made: something else has that name. Remove it."), path);
    }

    public IStoreFile Open(string name) => TryOpen(name, write: true) ?? throw Missing(name);

    public IStoreFile OpenRead(string name)
    {
        var file = TryOpen(name, write: false) ?? throw Missing(name);
        file.ForgetCached();
        return file;
    }

    // To empty the cache would write out what another process has written.
    public IStoreFile OpenShared(string name) => TryOpen(name, write: false) ?? throw Missing(name);

    public IReadOnlyList<FolderEntry> Entries()
    {
        var entries = new List<FolderEntry>();
        foreach (var name in UnixListing.Names(_handle, _shown))
            if (UnixStatus.Of(_handle, name, PathOf(name)) is { } status)
                entries.Add(new(name, status.IsRegular ? FolderEntryKind.File : status.IsDirectory ? FolderEntryKind.Folder : FolderEntryKind.Other, status.Length, status.Modified));
        return entries;
    }

    public bool IsFile(string name) => UnixStatus.Of(_handle, name, PathOf(name)) is { } status && (!status.IsLink ? status.IsRegular : throw UnixFiles.IsLink(PathOf(name)));

    public ILocalFolder? TryOpenFolder(string name)
    {
        return UnixFiles.TryOpenDirectory(_handle, name, PathOf(name)) is { } handle ? new UnixFolder(handle, Path.Combine(_path, name), _isPrivate) : null;
    }

    public ILocalFolder OpenFolder(string name)
    {
        var path = PathOf(name);
        for (var attempt = 1; attempt <= MaximumAttempts; attempt++)
        {
            if (UnixFiles.TryMakeDirectory(_handle, name, path)) Flush();
            if (TryOpenFolder(name) is { } folder) return folder;
            if (UnixStatus.Of(_handle, name, path) is { IsDirectory: false }) throw new IOException($"'{path}' is not a directory.");
        }
        throw new DirectoryNotFoundException($"The directory '{path}' is removed again and again.");
    }

    IStoreFolder IStoreFolder.OpenFolder(string name) => OpenFolder(name);

    public SafeFileHandle CreateStream(string name) => UnixFiles.TryCreate(_handle, name, PathOf(name)) ?? throw new IOException($"'{PathOf(name)}' exists already.");

    public SafeFileHandle? TryOpenStream(string name) => UnixFiles.TryOpenFile(_handle, name, PathOf(name), write: false);

    public bool TryRename(string from, ILocalFolder folder, string to) => ExclusiveRename.TryRename(_handle, from, ((UnixFolder)folder)._handle, to);

    public bool TryRemoveFolder(string name) => UnixFiles.TryRemoveDirectory(_handle, name, PathOf(name));

    public void Rename(string from, IStoreFolder folder, string to, bool replace)
    {
        var other = (UnixFolder)folder;
        var path = other.PathOf(to);
        if (replace) UnixFiles.Rename(_handle, from, other._handle, to, path);
        else if (!TryRename(from, other, to)) throw new IOException($"'{PathOf(from)}' cannot be renamed to '{path}': something else has that name. Remove it.");
    }

    public void Delete(string name) => UnixFiles.TryDelete(_handle, name, PathOf(name));

    public bool TryDelete(string name, IStoreFile file)
    {
        // No call deletes a file only if it is a certain one. So it gets a name that nobody else uses, and its own one back if it is another.
        var doomed = name + StoreNames.Temporary;
        if (!TryRename(name, this, doomed)) throw new IOException($"'{PathOf(name)}' cannot be deleted: '{PathOf(doomed)}' exists. Remove it.");
        if (!Holds(doomed, file))
        {
            TryRename(doomed, this, name);
            return false;
        }
        Delete(doomed);
        file.Dispose();
        return true;
    }

    public void Flush() => NativeFiles.FlushDirectory(_handle, _shown);

    // The directory stays locked if another process removes the lock file.
    public IStoreFile? TryLock(string name) => UnixFiles.TryLockDirectory(_handle) ? TryLockFile(name, () => TryCreate(name) ?? TryOpen(name, write: true)) : null;

    /// <summary>Locks the file that a name leads to. It is opened anew if another process removes or replaces it meanwhile.</summary>
    /// <param name="name">The name.</param>
    /// <param name="open">Opens the file; <c>null</c> if it was removed meanwhile.</param>
    /// <returns>The file; <c>null</c> if another caller has the lock.</returns>
    public IStoreFile? TryLockFile(string name, Func<LocalFile?> open)
    {
        for (var attempt = 1; attempt <= MaximumAttempts; attempt++)
        {
            var file = open();
            if (file is null) continue;
            try
            {
                if (!file.TryLock()) return null;
                if (!Holds(name, file)) continue;
                var locked = file;
                file = null;
                return locked;
            }
            finally
            {
                file?.Dispose();
            }
        }
        throw new IOException($"'{PathOf(name)}' cannot be locked: another process removes or replaces it again and again.");
    }

    public FolderLook Look() =>
        UnixStatus.Of(_pathBytes, _path, follow: true) is { } status && status.Identity == _identity ? new(true, _keepsChangeTime.Value ? status.Changed : null) : new(false, null);

    public bool Holds(string name, IStoreFile file) => UnixStatus.Of(_handle, name, _path)?.Identity == ((LocalFile)file).Identity;

    public void Dispose() => _handle.Dispose();

    private LocalFile? TryCreate(string name)
    {
        var path = PathOf(name);
        return UnixFiles.TryCreate(_handle, name, path) is { } handle ? File(handle, path) : null;
    }

    private LocalFile? TryOpen(string name, bool write)
    {
        var path = PathOf(name);
        return UnixFiles.TryOpenFile(_handle, name, path, write) is { } handle ? File(handle, path) : null;
    }

    private LocalFile File(SafeFileHandle handle, string path)
    {
        try
        {
            if (_isPrivate) UnixPrivacy.CheckFile(handle, path);
            return new(path, handle, UnixStatus.Of(handle, path).Identity);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    // As messages show it. The system is given names only.
    private string PathOf(string name) => Path.Combine(_shown, name);

    private FileNotFoundException Missing(string name) => new($"'{PathOf(name)}' does not exist.", PathOf(name));
}
