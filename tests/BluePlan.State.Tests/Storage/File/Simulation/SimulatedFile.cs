using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>An open file of a <see cref="SimulatedDisk"/>.</summary>
internal sealed class SimulatedFile : IStoreFile
{
    private readonly SimulatedDisk _disk;
    private readonly string _path;
    private readonly SimulatedInode _inode;
    private int _isDisposed;

    public SimulatedFile(SimulatedDisk disk, string path, SimulatedInode inode)
    {
        (_disk, _path, _inode) = (disk, path, inode);
        disk.CountOpen(1);
    }

    public long Length => _disk.Locked(() => _inode.Length);

    public int Read(Span<byte> buffer, long offset)
    {
        var read = new byte[buffer.Length];
        var count = _disk.Call(DiskCall.Read, _path, () => _inode.Read(read, offset));
        read.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        var written = bytes.ToArray();
        _disk.Call(DiskCall.Write, _path, () =>
        {
            Demand(offset + written.Length);
            _inode.Write(written, offset);
        }, () => _inode.Write(written.AsSpan(0, written.Length / 2), offset));
    }

    public void Flush() => _disk.Call(DiskCall.Flush, _path, _inode.Flush, () => _inode.FailFlush(CrashChoice.Of(_disk.Random)));

    public void Truncate(long length) => _disk.Call(DiskCall.Truncate, _path, () => _inode.SetLength((int)length));

    public void Preallocate(long length) => _disk.Call(DiskCall.Preallocate, _path, () =>
    {
        Demand(length);
        if (_inode.Length < length) _inode.SetLength((int)length);
    });

    private void Demand(long length)
    {
        if (length > _inode.Length && _disk.Bytes + length - _inode.Length > _disk.Capacity) throw new IOException("No space left on device", 28);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _disk.CountOpen(-1);
    }
}
