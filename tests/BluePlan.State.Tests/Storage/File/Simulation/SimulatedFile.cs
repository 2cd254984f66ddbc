using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>An open file of a <see cref="SimulatedDisk"/>.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, string path, SimulatedInode inode) : IStoreFile
{
    public long Length => disk.Locked(() => inode.Length);

    public int Read(Span<byte> buffer, long offset)
    {
        var read = new byte[buffer.Length];
        var count = disk.Call(DiskCall.Read, path, () => inode.Read(read, offset));
        read.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        var written = bytes.ToArray();
        disk.Call(DiskCall.Write, path, () => inode.Write(written, offset), () => inode.Write(written.AsSpan(0, written.Length / 2), offset));
    }

    public void Flush() => disk.Call(DiskCall.Flush, path, inode.Flush, () => inode.FailFlush(CrashChoice.Of(disk.Random)));

    public void Truncate(long length) => disk.Call(DiskCall.Truncate, path, () => inode.SetLength((int)length));

    public void Preallocate(long length) => disk.Call(DiskCall.Preallocate, path, () =>
    {
        if (inode.Length < length) inode.SetLength((int)length);
    });

    public void Dispose() { }
}
