using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>What Unix says of a file or directory.</summary>
/// <param name="Identity">Device and inode.</param>
/// <param name="Mode">Kind and permissions.</param>
/// <param name="User">The owner.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Modified">When it was written last, in whole seconds.</param>
/// <param name="Changed">When it, or in a directory a name, was changed last, in nanoseconds. No call sets this (inode(7): ctime).</param>
/// <remarks>
/// Linux is asked by <c>statx</c>, whose structure is the same on every architecture (statx(2)). macOS is asked by <c>fstat</c> and <c>fstatat</c> with 64-bit inodes (stat(2)), which on x64 have a suffix.
/// </remarks>
internal readonly partial record struct UnixStatus(FileIdentity Identity, int Mode, uint User, long Length, DateTimeOffset Modified, long Changed)
{
    private const int KindMask = 0xF000;
    private const int DirectoryKind = 0x4000;
    private const int RegularKind = 0x8000;
    private const int LinkKind = 0xA000;
    private const int BufferBytes = 256;
    private const int NoEntry = 2;
    private const int NotADirectory = 20;
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7FF;
    private static readonly bool IsMac = OperatingSystem.IsMacOS();
    private static readonly bool IsSuffixed = IsMac && RuntimeInformation.ProcessArchitecture is Architecture.X64;
    private static readonly int NoFollow = IsMac ? 0x20 : 0x100;
    private static readonly int CurrentDirectory = IsMac ? -2 : -100;

    public bool IsDirectory => (Mode & KindMask) == DirectoryKind;

    public bool IsRegular => (Mode & KindMask) == RegularKind;

    public bool IsLink => (Mode & KindMask) == LinkKind;

    /// <summary>The permissions.</summary>
    public int Permissions => Mode & 0xFFF;

    /// <summary>The status of an open file or directory.</summary>
    public static UnixStatus Of(SafeFileHandle file, string path)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        var result = !IsMac ? StatusOnLinux(file, "", EmptyPath, BasicFields, buffer) : IsSuffixed ? StatusOfOpenOnMac64(file, buffer) : StatusOfOpenOnMac(file, buffer);
        return result == 0 ? Read(buffer) : throw NativeFiles.Failed("stat", path, Marshal.GetLastPInvokeError());
    }

    /// <summary>The status of what a name in a directory leads to, without following a link; <c>null</c> if there is nothing.</summary>
    public static UnixStatus? Of(SafeFileHandle directory, string name, string path)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        var result = !IsMac ? StatusOnLinux(directory, name, NoFollow, BasicFields, buffer)
            : IsSuffixed ? StatusOnMac64(directory, name, buffer, NoFollow) : StatusOnMac(directory, name, buffer, NoFollow);
        return ReadUnlessMissing(result, buffer, path);
    }

    /// <summary>The status of what a path leads to; <c>null</c> if there is nothing.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Whether a link at its end is followed.</param>
    public static UnixStatus? Of(string path, bool follow) => Of(ZeroEnded(path), path, follow);

    /// <inheritdoc cref="Of(string, bool)"/>
    /// <param name="zeroEnded">The path, as <see cref="ZeroEnded"/> makes it.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="follow">Whether a link at its end is followed.</param>
    public static UnixStatus? Of(ReadOnlySpan<byte> zeroEnded, string path, bool follow)
    {
        Span<byte> buffer = stackalloc byte[BufferBytes];
        var flags = follow ? 0 : NoFollow;
        var result = !IsMac ? StatusOnLinux(CurrentDirectory, zeroEnded, flags, BasicFields, buffer)
            : IsSuffixed ? StatusOnMac64(CurrentDirectory, zeroEnded, buffer, flags) : StatusOnMac(CurrentDirectory, zeroEnded, buffer, flags);
        return ReadUnlessMissing(result, buffer, path);
    }

    /// <summary>A path as the system takes it, for one that is looked at often.</summary>
    public static byte[] ZeroEnded(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static UnixStatus? ReadUnlessMissing(int result, ReadOnlySpan<byte> buffer, string path)
    {
        if (result == 0) return Read(buffer);
        var error = Marshal.GetLastPInvokeError();
        return error is NoEntry or NotADirectory ? null : throw NativeFiles.Failed("stat", path, error);
    }

    private static UnixStatus Read(ReadOnlySpan<byte> buffer) => IsMac
        ? new(new(UInt32(buffer, 0), UInt64(buffer, 8)), MemoryMarshal.Read<ushort>(buffer[4..]), UInt32(buffer, 16), (long)UInt64(buffer, 96), Time(buffer, 48), Nanoseconds(buffer, 64))
        : new(new(((ulong)UInt32(buffer, 136) << 32) | UInt32(buffer, 140), UInt64(buffer, 32)), MemoryMarshal.Read<ushort>(buffer[28..]), UInt32(buffer, 20), (long)UInt64(buffer, 40), Time(buffer, 112), Nanoseconds(buffer, 96));

    private static DateTimeOffset Time(ReadOnlySpan<byte> buffer, int offset) => DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp((long)UInt64(buffer, offset), 0, int.MaxValue));

    private static long Nanoseconds(ReadOnlySpan<byte> buffer, int offset) => unchecked((long)UInt64(buffer, offset) * 1_000_000_000 + UInt32(buffer, offset + 8));

    private static uint UInt32(ReadOnlySpan<byte> buffer, int offset) => MemoryMarshal.Read<uint>(buffer[offset..]);

    private static ulong UInt64(ReadOnlySpan<byte> buffer, int offset) => MemoryMarshal.Read<ulong>(buffer[offset..]);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusOnLinux(SafeFileHandle directory, string path, int flags, uint fields, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatusOnLinux(int directory, ReadOnlySpan<byte> path, int flags, uint fields, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "fstat", SetLastError = true)]
    private static partial int StatusOfOpenOnMac(SafeFileHandle file, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    private static partial int StatusOfOpenOnMac64(SafeFileHandle file, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusOnMac(SafeFileHandle directory, string path, Span<byte> status, int flags);

    [LibraryImport("libc", EntryPoint = "fstatat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusOnMac64(SafeFileHandle directory, string path, Span<byte> status, int flags);

    [LibraryImport("libc", EntryPoint = "fstatat", SetLastError = true)]
    private static partial int StatusOnMac(int directory, ReadOnlySpan<byte> path, Span<byte> status, int flags);

    [LibraryImport("libc", EntryPoint = "fstatat$INODE64", SetLastError = true)]
    private static partial int StatusOnMac64(int directory, ReadOnlySpan<byte> path, Span<byte> status, int flags);
}
