using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>The file system of this machine, read beside a process that writes: a part of a file reads as zeros, as it was before, although what follows is new already.</summary>
/// <param name="name">The file.</param>
/// <param name="offset">Where the part begins.</param>
/// <param name="length">How long it is.</param>
/// <param name="times">How often the file is read so.</param>
internal sealed class StaleFileSystem(string name, long offset, int length, int times) : IFileSystem
{
    private int _left = times;

    /// <summary>How often the file was opened.</summary>
    public int Openings { get; private set; }

    public IStoreFolder? OpenDirectory(string path, bool create, bool isPrivate) => new Folder(this, LocalFileSystem.OpenDirectory(path, create, isPrivate)!);

    public long FreeBytes(string directory) => throw new NotSupportedException();

    public string? NetworkKind(string directory) => null;

    private void Spoil(Span<byte> buffer, long from)
    {
        if (_left-- <= 0) return;
        buffer.Slice((int)(offset - from), length).Clear();
    }

    private sealed class Folder(StaleFileSystem files, IStoreFolder inner) : IStoreFolder
    {
        public IReadOnlyList<string> List() => inner.List();

        public IStoreFile OpenShared(string name)
        {
            if (name != files.Name) return inner.OpenShared(name);
            files.Openings++;
            return new File(files, inner.OpenShared(name));
        }

        public void Dispose() => inner.Dispose();

        public IStoreFile OpenRead(string name) => throw new NotSupportedException();

        public IStoreFile Create(string name) => throw new NotSupportedException();

        public IStoreFile Open(string name) => throw new NotSupportedException();

        public IStoreFolder OpenFolder(string name) => throw new NotSupportedException();

        public void Rename(string from, IStoreFolder folder, string to, bool replace) => throw new NotSupportedException();

        public void Delete(string name) => throw new NotSupportedException();

        public bool TryDelete(string name, IStoreFile file) => throw new NotSupportedException();

        public void Flush() => throw new NotSupportedException();

        public IStoreFile? TryLock(string name) => throw new NotSupportedException();

        public FolderLook Look() => throw new NotSupportedException();

        public bool Holds(string name, IStoreFile file) => throw new NotSupportedException();
    }

    private string Name => name;

    private sealed class File(StaleFileSystem files, IStoreFile inner) : IStoreFile
    {
        public long Length => inner.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            var read = inner.Read(buffer, offset);
            files.Spoil(buffer, offset);
            return read;
        }

        public void Dispose() => inner.Dispose();

        public void Write(ReadOnlySpan<byte> bytes, long offset) => throw new NotSupportedException();

        public void Flush() => throw new NotSupportedException();

        public void Truncate(long length) => throw new NotSupportedException();

        public void Preallocate(long length) => throw new NotSupportedException();
    }
}
