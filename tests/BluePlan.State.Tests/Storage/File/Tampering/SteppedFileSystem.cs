using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>The file system of this machine, which tells of every call before it is made.</summary>
/// <param name="before">Gets the call, and the name of the file or directory that it is made on.</param>
internal sealed class SteppedFileSystem(Action<DiskCall, string> before) : IFileSystem
{
    public IStoreFolder? OpenDirectory(string path, bool create, bool isPrivate)
    {
        var name = Path.GetFileName(path);
        before(DiskCall.CreateDirectory, name);
        return LocalFileSystem.OpenDirectory(path, create, isPrivate) is { } folder ? new Folder(folder, name, before) : null;
    }

    public long FreeBytes(string directory) => LocalFileSystem.Instance.FreeBytes(directory);

    public string? NetworkKind(string directory) => null;

    private sealed class Folder(IStoreFolder inner, string own, Action<DiskCall, string> before) : IStoreFolder
    {
        public IReadOnlyList<string> List()
        {
            before(DiskCall.List, own);
            return inner.List();
        }

        public IStoreFile Create(string name)
        {
            before(DiskCall.Create, name);
            return new File(inner.Create(name), name, before);
        }

        public IStoreFile Open(string name)
        {
            before(DiskCall.Open, name);
            return new File(inner.Open(name), name, before);
        }

        public IStoreFile OpenRead(string name)
        {
            before(DiskCall.OpenRead, name);
            return new File(inner.OpenRead(name), name, before);
        }

        public IStoreFolder OpenFolder(string name)
        {
            before(DiskCall.CreateDirectory, name);
            return new Folder(inner.OpenFolder(name), name, before);
        }

        public void Rename(string from, IStoreFolder folder, string to, bool replace)
        {
            before(DiskCall.Rename, to);
            inner.Rename(from, ((Folder)folder).Inner, to, replace);
        }

        public void Delete(string name)
        {
            before(DiskCall.Delete, name);
            inner.Delete(name);
        }

        public bool TryDelete(string name, IStoreFile file)
        {
            before(DiskCall.Delete, name);
            return inner.TryDelete(name, ((File)file).Inner);
        }

        public void Flush()
        {
            before(DiskCall.FlushDirectory, own);
            inner.Flush();
        }

        public IStoreFile? TryLock(string name)
        {
            before(DiskCall.Lock, name);
            return inner.TryLock(name) is { } file ? new File(file, name, before) : null;
        }

        public FolderLook Look()
        {
            before(DiskCall.Prove, own);
            return inner.Look();
        }

        public bool Holds(string name, IStoreFile file)
        {
            before(DiskCall.Prove, name);
            return inner.Holds(name, ((File)file).Inner);
        }

        public void Dispose() => inner.Dispose();

        private IStoreFolder Inner => inner;
    }

    private sealed class File(IStoreFile inner, string name, Action<DiskCall, string> before) : IStoreFile
    {
        public IStoreFile Inner => inner;

        public long Length => inner.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            before(DiskCall.Read, name);
            return inner.Read(buffer, offset);
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            before(DiskCall.Write, name);
            inner.Write(bytes, offset);
        }

        public void Flush()
        {
            before(DiskCall.Flush, name);
            inner.Flush();
        }

        public void Truncate(long length)
        {
            before(DiskCall.Truncate, name);
            inner.Truncate(length);
        }

        public void Preallocate(long length)
        {
            before(DiskCall.Preallocate, name);
            inner.Preallocate(length);
        }

        public void Dispose() => inner.Dispose();
    }
}
