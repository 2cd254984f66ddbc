namespace BluePlan.State.Storage;

/// <summary>An open file of this machine.</summary>
internal sealed class LocalFile(string path, FileStream file) : IStoreFile
{
    public long Length => RandomAccess.GetLength(file.SafeFileHandle);

    public int Read(Span<byte> buffer, long offset)
    {
        var read = 0;
        while (read < buffer.Length)
        {
            var more = RandomAccess.Read(file.SafeFileHandle, buffer[read..], offset + read);
            if (more == 0) break;
            read += more;
        }
        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file.SafeFileHandle, bytes, offset);

    public void Flush() => NativeFiles.Flush(file.SafeFileHandle, path);

    public void Truncate(long length) => RandomAccess.SetLength(file.SafeFileHandle, length);

    public void Preallocate(long length)
    {
        if (Length < length && !NativeFiles.Allocate(file.SafeFileHandle, length, path)) RandomAccess.SetLength(file.SafeFileHandle, length);
    }

    public void Dispose() => file.Dispose();
}
