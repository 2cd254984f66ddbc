using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>The file system of this machine, which tells of every call before it is made.</summary>
internal sealed class SteppedFileSystem(Action before) : IFileSystem
{
    public IStoreFolder? OpenDirectory(string path, bool create, bool isPrivate)
    {
        before();
        return LocalFileSystem.OpenDirectory(path, create, isPrivate) is { } folder ? new Folder(folder, before) : null;
    }

    public long FreeBytes(string directory) => LocalFileSystem.Instance.FreeBytes(directory);

    public string? NetworkKind(string directory) => null;

    private sealed class Folder(IStoreFolder inner, Action before) : IStoreFolder
    {
        public IReadOnlyList<string> List() => Step(inner.List);

        public IStoreFile Create(string name) => new File(Step(() => inner.Create(name)), before);

        public IStoreFile Open(string name) => new File(Step(() => inner.Open(name)), before);

        public IStoreFile OpenRead(string name) => new File(Step(() => inner.OpenRead(name)), before);

        public IStoreFolder OpenFolder(string name) => new Folder(Step(() => inner.OpenFolder(name)), before);

        public void Rename(string from, IStoreFolder folder, string to, bool replace) => Step(() => inner.Rename(from, ((Folder)folder).Inner, to, replace));

        public void Delete(string name) => Step(() => inner.Delete(name));

        public bool TryDelete(string name, IStoreFile file) => Step(() => inner.TryDelete(name, ((File)file).Inner));

        public void Flush() => Step(inner.Flush);

        public IStoreFile? TryLock(string name) => Step(() => inner.TryLock(name)) is { } file ? new File(file, before) : null;

        public bool IsAtItsPath() => Step(inner.IsAtItsPath);

        public bool Holds(string name, IStoreFile file) => Step(() => inner.Holds(name, ((File)file).Inner));

        public void Dispose() => inner.Dispose();

        private IStoreFolder Inner => inner;

        private T Step<T>(Func<T> work)
        {
            before();
            return work();
        }

        private void Step(Action work)
        {
            before();
            work();
        }
    }

    private sealed class File(IStoreFile inner, Action before) : IStoreFile
    {
        public IStoreFile Inner => inner;

        public long Length => inner.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            before();
            return inner.Read(buffer, offset);
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            before();
            inner.Write(bytes, offset);
        }

        public void Flush()
        {
            before();
            inner.Flush();
        }

        public void Truncate(long length)
        {
            before();
            inner.Truncate(length);
        }

        public void Preallocate(long length)
        {
            before();
            inner.Preallocate(length);
        }

        public void Dispose() => inner.Dispose();
    }
}
