using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>An open file of this machine.</summary>
/// <param name="path">For messages.</param>
/// <param name="file">The open file, which is this object's.</param>
/// <param name="identity">Which file it is.</param>
internal sealed class LocalFile(string path, SafeFileHandle file, FileIdentity identity) : IStoreFile
{
    /// <summary>Which file it is. No other gets the same while this one is open.</summary>
    public FileIdentity Identity => identity;

    /// <summary>Whether the system lets nobody rename, replace or remove the file while it is open. Unix always lets them.</summary>
    public bool IsPinned { get; init; }

    public long Length => RandomAccess.GetLength(file);

    public int Read(Span<byte> buffer, long offset)
    {
        var read = 0;
        while (read < buffer.Length)
        {
            var more = RandomAccess.Read(file, buffer[read..], offset + read);
            if (more == 0) break;
            read += more;
        }
        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public void Flush() => NativeFiles.Flush(file, path);

    public void Truncate(long length) => RandomAccess.SetLength(file, length);

    public void Preallocate(long length)
    {
        if (Length < length && !NativeFiles.Allocate(file, length, path)) RandomAccess.SetLength(file, length);
    }

    /// <inheritdoc cref="NativeFiles.ForgetCached"/>
    public void ForgetCached() => NativeFiles.ForgetCached(file);

    /// <inheritdoc cref="NativeFiles.TryLock"/>
    public bool TryLock() => NativeFiles.TryLock(file, path);

    public void Dispose() => file.Dispose();
}
