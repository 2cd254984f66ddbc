using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>An open file of a <see cref="SimulatedDisk"/>.</summary>
internal sealed class SimulatedFile : IStoreFile
{
    private readonly SimulatedDisk _disk;
    private readonly string _path;
    private int _isDisposed;

    public SimulatedFile(SimulatedDisk disk, string path, SimulatedInode? inode)
    {
        (_disk, _path, Inode) = (disk, path, inode);
        disk.CountOpen(1);
    }

    /// <summary>What is open; null = a lock, which has no contents.</summary>
    public SimulatedInode? Inode { get; }

    public long Length => _disk.Locked(() => Inode!.Length);

    public int Read(Span<byte> buffer, long offset)
    {
        var read = new byte[buffer.Length];
        var count = _disk.Call(DiskCall.Read, _path, () => Inode!.Read(read, offset));
        read.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        var written = bytes.ToArray();
        _disk.Call(DiskCall.Write, _path, () =>
        {
            Demand(offset + written.Length);
            Inode!.Write(written, offset);
        }, () => Inode!.Write(written.AsSpan(0, written.Length / 2), offset));
    }

    public void Flush() => _disk.Call(DiskCall.Flush, _path, Inode!.Flush, () => Inode!.FailFlush(CrashChoice.Of(_disk.Random)));

    public void Truncate(long length) => _disk.Call(DiskCall.Truncate, _path, () => Inode!.SetLength((int)length));

    public void Preallocate(long length) => _disk.Call(DiskCall.Preallocate, _path, () =>
    {
        Demand(length);
        if (Inode!.Length < length) Inode!.SetLength((int)length);
    });

    private void Demand(long length)
    {
        if (length > Inode!.Length && _disk.Bytes + length - Inode!.Length > _disk.Capacity) throw new IOException("No space left on device", 28);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _disk.CountOpen(-1);
        if (Inode is null) _disk.Unlock(_path);
    }
}
