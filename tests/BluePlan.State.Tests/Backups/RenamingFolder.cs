using BluePlan.State.Storage;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Tests;

/// <summary>A directory that tells when a file was renamed out of it.</summary>
internal sealed class RenamingFolder(ILocalFolder inner, Action renamed) : ILocalFolder
{
    public bool TryRename(string from, ILocalFolder folder, string to)
    {
        var done = inner.TryRename(from, folder, to);
        renamed();
        return done;
    }

    public IReadOnlyList<string> List() => inner.List();

    public IReadOnlyList<FolderEntry> Entries() => inner.Entries();

    public bool IsFile(string name) => inner.IsFile(name);

    public IStoreFile Create(string name) => inner.Create(name);

    public IStoreFile Open(string name) => inner.Open(name);

    public IStoreFile OpenRead(string name) => inner.OpenRead(name);

    public SafeFileHandle CreateStream(string name) => inner.CreateStream(name);

    public SafeFileHandle? TryOpenStream(string name) => inner.TryOpenStream(name);

    public ILocalFolder? TryOpenFolder(string name) => inner.TryOpenFolder(name);

    public ILocalFolder OpenFolder(string name) => inner.OpenFolder(name);

    IStoreFolder IStoreFolder.OpenFolder(string name) => inner.OpenFolder(name);

    public bool TryRemoveFolder(string name) => inner.TryRemoveFolder(name);

    public void Rename(string from, IStoreFolder folder, string to, bool replace) => inner.Rename(from, folder, to, replace);

    public void Delete(string name) => inner.Delete(name);

    public bool TryDelete(string name, IStoreFile file) => inner.TryDelete(name, file);

    public void Flush() => inner.Flush();

    public IStoreFile? TryLock(string name) => inner.TryLock(name);

    public FolderLook Look() => inner.Look();

    public bool Holds(string name, IStoreFile file) => inner.Holds(name, file);

    public void Dispose() => inner.Dispose();
}
