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

    public void CreateDirectory(string path) => LocalFileSystem.Instance.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => LocalFileSystem.Instance.List(directory);

    public IStoreFile Open(string path, bool create) => held(path) ? new HeldFile(this, LocalFileSystem.Instance.Open(path, create)) : LocalFileSystem.Instance.Open(path, create);

    public IStoreFile OpenRead(string path) => LocalFileSystem.Instance.OpenRead(path);

    public void Rename(string from, string to) => LocalFileSystem.Instance.Rename(from, to);

    public void Delete(string path) => LocalFileSystem.Instance.Delete(path);

    public void FlushDirectory(string path) => LocalFileSystem.Instance.FlushDirectory(path);

    public IDisposable? TryLock(string path) => LocalFileSystem.Instance.TryLock(path);

    public long FreeBytes(string directory) => LocalFileSystem.Instance.FreeBytes(directory);

    public string? NetworkKind(string directory) => null;

    public void Dispose() => _released.Dispose();

    private void Wait()
    {
        _reached.TrySetResult();
        _released.Wait();
    }

    private sealed class HeldFile(HeldFileSystem files, IStoreFile file) : IStoreFile
    {
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
