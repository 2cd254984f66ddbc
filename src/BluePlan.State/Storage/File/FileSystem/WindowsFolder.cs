using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>
/// An open directory of Windows. The handles are what proves it: while the directory and a file in it are open without the right to delete, nobody can rename, replace or remove either of them.
/// </summary>
internal sealed class WindowsFolder : ILocalFolder
{
    private const int SharingViolation = 32, LockViolation = 33;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly FileIdentity _identity;

    private WindowsFolder(SafeFileHandle handle, string path) => (_handle, _path, _identity) = (handle, path, WindowsFiles.IdentityOf(handle, path));

    public static WindowsFolder At(string path) => new(WindowsFiles.PinDirectory(path), path);

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFileSystemEntries(_path).Select(static p => Path.GetFileName(p))];

    // What is made may be renamed, by which it becomes part of the store.
    public IStoreFile Create(string name) => Open(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

    public IStoreFile Open(string name) => Open(name, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

    public IStoreFile OpenRead(string name) => Open(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    public IStoreFile OpenShared(string name) => Open(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public IReadOnlyList<FolderEntry> Entries() => [.. new DirectoryInfo(_path).EnumerateFileSystemInfos().Select(static entry => entry switch
    {
        { LinkTarget: not null } => new FolderEntry(entry.Name, FolderEntryKind.Other, 0, default),
        FileInfo file => new(file.Name, FolderEntryKind.File, file.Length, file.LastWriteTimeUtc),
        _ => new(entry.Name, FolderEntryKind.Folder, 0, default),
    })];

    public bool IsFile(string name)
    {
        RefuseLink(new FileInfo(PathOf(name)));
        return File.Exists(PathOf(name));
    }

    public ILocalFolder? TryOpenFolder(string name)
    {
        var path = PathOf(name);
        RefuseLink(new DirectoryInfo(path));
        return Directory.Exists(path) ? At(path) : null;
    }

    public ILocalFolder OpenFolder(string name)
    {
        Directory.CreateDirectory(PathOf(name));
        return TryOpenFolder(name) ?? throw new DirectoryNotFoundException($"The directory '{ShownPath.Of(PathOf(name))}' was removed.");
    }

    IStoreFolder IStoreFolder.OpenFolder(string name) => OpenFolder(name);

    public SafeFileHandle CreateStream(string name) => File.OpenHandle(PathOf(name), FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous);

    public SafeFileHandle? TryOpenStream(string name)
    {
        RefuseLink(new FileInfo(PathOf(name)));
        try
        {
            return File.OpenHandle(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public bool TryRename(string from, ILocalFolder folder, string to) => NativeFiles.TryRename(PathOf(from), ((WindowsFolder)folder).PathOf(to));

    public bool TryRemoveFolder(string name)
    {
        try
        {
            Directory.Delete(PathOf(name));
            return true;
        }
        catch (IOException) when (!Directory.Exists(PathOf(name)) || Directory.EnumerateFileSystemEntries(PathOf(name)).Any())
        {
            return false;
        }
    }

    public void Rename(string from, IStoreFolder folder, string to, bool replace)
    {
        var path = ((WindowsFolder)folder).PathOf(to);
        if (replace) NativeFiles.Rename(PathOf(from), path);
        else if (!TryRename(from, (WindowsFolder)folder, to)) throw new IOException($"'{ShownPath.Of(PathOf(from))}' cannot be renamed to '{ShownPath.Of(path)}': something else has that name. Remove it.");
    }

    public void Delete(string name) => File.Delete(PathOf(name));

    public bool TryDelete(string name, IStoreFile file)
    {
        if (!Holds(name, file)) return false;
        // An open file is not deleted until it is closed.
        file.Dispose();
        Delete(name);
        return true;
    }

    // A rename writes through.
    public void Flush() { }

    public IStoreFile? TryLock(string name)
    {
        try
        {
            return Open(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when ((exception.HResult & 0xFFFF) is SharingViolation or LockViolation)
        {
            return null;
        }
    }

    // A directory above may be a link that was changed. Files are pinned, so there is nothing that a number of changes would save.
    public FolderLook Look() => new(WindowsFiles.IdentityAt(_path, follow: true) == _identity, null);

    public bool Holds(string name, IStoreFile file) => ((LocalFile)file).IsPinned || WindowsFiles.IdentityAt(PathOf(name), follow: false) == ((LocalFile)file).Identity;

    public void Dispose() => _handle.Dispose();

    private LocalFile Open(string name, FileMode mode, FileAccess access, FileShare share)
    {
        var path = PathOf(name);
        RefuseLink(new FileInfo(path));
        var handle = File.OpenHandle(path, mode, access, share);
        try
        {
            return new(path, handle, WindowsFiles.IdentityOf(handle, path)) { IsPinned = !share.HasFlag(FileShare.Delete) };
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private string PathOf(string name) => Path.Combine(_path, name);

    private static void RefuseLink(FileSystemInfo entry)
    {
        if (entry.LinkTarget is not null) throw new IOException($"'{ShownPath.Of(entry.FullName)}' is a link, which is not followed. Another process may have put it there; remove it.");
    }
}
