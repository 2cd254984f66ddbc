using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>An open directory of a <see cref="SimulatedDisk"/>. It stays where it is.</summary>
internal sealed class SimulatedFolder(SimulatedDisk disk, string path) : IStoreFolder
{
    public IReadOnlyList<string> List() => disk.List(path);

    public IStoreFile Create(string name) => disk.Create(In(name));

    public IStoreFile Open(string name) => disk.Open(In(name));

    public IStoreFile OpenRead(string name) => disk.OpenRead(In(name));

    public IStoreFolder OpenFolder(string name) => disk.OpenDirectory(In(name), create: true, isPrivate: false)!;

    public void Rename(string from, IStoreFolder folder, string to, bool replace) => disk.Rename(In(from), ((SimulatedFolder)folder).In(to), replace);

    public void Delete(string name) => disk.Delete(In(name));

    public bool TryDelete(string name, IStoreFile file)
    {
        if (!Holds(name, file)) return false;
        Delete(name);
        file.Dispose();
        return true;
    }

    public void Flush() => disk.FlushDirectory(path);

    public IStoreFile? TryLock(string name) => disk.TryLock(In(name));

    public FolderLook Look() => disk.Call(DiskCall.Prove, path, static () => new FolderLook(true, null));

    public bool Holds(string name, IStoreFile file) => disk.Holds(In(name), (SimulatedFile)file);

    public void Dispose() { }

    private string In(string name) => Path.Combine(path, name);
}
