using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>The file system of this machine, on which some files cannot be written until they are let go.</summary>
internal sealed class HeldFileSystem(Func<string, bool> held) : IFileSystem, IDisposable
{
    private readonly ManualResetEventSlim _released = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody wants to write such a file.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.Set();

    public IStoreFolder? OpenDirectory(string path, bool create, bool isPrivate) =>
        LocalFileSystem.OpenDirectory(path, create, isPrivate) is { } folder ? new HeldFolder(this, folder) : null;

    public long FreeBytes(string directory) => LocalFileSystem.Instance.FreeBytes(directory);

    public string? NetworkKind(string directory) => null;

    public void Dispose() => _released.Dispose();

    private bool Holds(string name) => held(name);

    private void Wait()
    {
        _reached.TrySetResult();
        _released.Wait();
    }

    private sealed class HeldFolder(HeldFileSystem files, IStoreFolder folder) : IStoreFolder
    {
        public IReadOnlyList<string> List() => folder.List();

        public IStoreFile Create(string name) => Hold(name, folder.Create(name));

        public IStoreFile Open(string name) => Hold(name, folder.Open(name));

        public IStoreFile OpenRead(string name) => folder.OpenRead(name);

        public IStoreFolder OpenFolder(string name) => new HeldFolder(files, folder.OpenFolder(name));

        public void Rename(string from, IStoreFolder other, string to, bool replace) => folder.Rename(from, ((HeldFolder)other).Inner, to, replace);

        public void Delete(string name) => folder.Delete(name);

        public bool TryDelete(string name, IStoreFile file) => folder.TryDelete(name, file is HeldFile held ? held.Inner : file);

        public void Flush() => folder.Flush();

        public IStoreFile? TryLock(string name) => folder.TryLock(name);

        public FolderLook Look() => folder.Look();

        public bool Holds(string name, IStoreFile file) => folder.Holds(name, file is HeldFile held ? held.Inner : file);

        public void Dispose() => folder.Dispose();

        private IStoreFolder Inner => folder;

        private IStoreFile Hold(string name, IStoreFile file) => files.Holds(name) ? new HeldFile(files, file) : file;
    }

    private sealed class HeldFile(HeldFileSystem files, IStoreFile file) : IStoreFile
    {
        public IStoreFile Inner => file;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            files.Wait();
            file.Write(bytes, offset);
        }

        public void Flush()
        {
            files.Wait();
            file.Flush();
        }

        public void Truncate(long length) => file.Truncate(length);

        public void Preallocate(long length) => file.Preallocate(length);

        public void Dispose() => file.Dispose();
    }
}
