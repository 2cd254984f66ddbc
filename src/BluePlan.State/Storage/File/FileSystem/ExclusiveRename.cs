using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>
/// Renames a file on Unix unless the new name is taken, in one step. The runtime's own <c>File.Move</c> looks first and renames then, so of several at once more than one can win.
/// </summary>
/// <remarks>
/// <para>There are three ways, and every file system has one. A rename that refuses to replace: local file systems, but not NFS. A hard link and the removal of the old name: NFS, but not FAT nor most
/// mounted object stores; a crash between the two leaves the file under both names, whole. And to look and rename while the old name's directory is locked: that holds among all processes
/// of one machine, and among machines as far as the file system's locks reach.</para>
/// <para>False means that the name is taken; null, that the system or the file system does not have this way, and nothing has changed.</para>
/// </remarks>
internal static partial class ExclusiveRename
{
    private const int NotPermitted = 1;
    private const int Exists = 17;
    private const int Invalid = 22;
    private const int NoReplaceOnLinux = 1;
    private const int NoReplaceOnMac = 4;
    private const int AskServer = 0x2000;
    private const int LinkCount = 4;
    private const int LinkCountOffset = 16;
    private const int StatusBytes = 256;
    private static readonly int[] NotSupported = OperatingSystem.IsMacOS() ? [45, 78, 102] : [38, 95]; // ENOTSUP, ENOSYS, EOPNOTSUPP

    /// <param name="fromDirectory">The directory of the old name.</param>
    /// <param name="from">The old name.</param>
    /// <param name="toDirectory">The directory of the new name.</param>
    /// <param name="to">The new name.</param>
    /// <exception cref="DirectoryNotFoundException">The new name's directory, or the old name, is gone.</exception>
    /// <exception cref="IOException">Any other failure.</exception>
    public static bool TryRename(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to) =>
        TryRenameAtOnce(fromDirectory, from, toDirectory, to) ?? TryLink(fromDirectory, from, toDirectory, to) ?? TryRenameLocked(fromDirectory, from, toDirectory, to);

    public static bool? TryRenameAtOnce(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to)
    {
        try
        {
            if (OperatingSystem.IsMacOS()) return RenameOnMac(fromDirectory, from, toDirectory, to, NoReplaceOnMac) == 0 ? true : Refusal("renameatx_np", to);
            return RenameOnLinux(fromDirectory, from, toDirectory, to, NoReplaceOnLinux) == 0 ? true : Refusal("renameat2", to);
        }
        catch (EntryPointNotFoundException)
        {
            return null; // an older C library
        }
    }

    public static bool? TryLink(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to)
    {
        if (Link(fromDirectory, from, toDirectory, to, 0) != 0)
        {
            var refusal = Refusal("link", to);
            // NFS repeats a call whose answer was lost, and then finds taken what it has made itself.
            if (refusal is null || !HasSecondName(fromDirectory, from)) return refusal;
        }
        try
        {
            UnixFiles.TryDelete(fromDirectory, from, from);
            return true;
        }
        catch (IOException failure)
        {
            UndoLink(toDirectory, to, failure);
            throw;
        }
    }

    public static bool TryRenameLocked(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to)
    {
        using var turn = NativeFiles.LockDirectory(fromDirectory, from);
        if (UnixStatus.Of(toDirectory, to, to) is not null) return false;
        UnixFiles.Rename(fromDirectory, from, toDirectory, to, to);
        return true;
    }

    private static void UndoLink(SafeFileHandle toDirectory, string to, IOException failure)
    {
        try
        {
            UnixFiles.TryDelete(toDirectory, to, to);
        }
        catch (IOException second)
        {
            failure.Data["BluePlan.State.Cleanup"] = second.Message;
        }
    }

    private static bool? Refusal(string call, string to)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error == Exists) return false;
        if (error is NotPermitted or Invalid || NotSupported.Contains(error)) return null;
        throw NativeFiles.Failed(call, to, error);
    }

    // The file is nobody else's, so its second name is the one that was just wanted.
    private static bool HasSecondName(SafeFileHandle directory, string name)
    {
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> status = stackalloc byte[StatusBytes];
        return Status(directory, name, AskServer, LinkCount, status) == 0 && BinaryPrimitives.ReadUInt32LittleEndian(status[LinkCountOffset..]) == 2;
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnLinux(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "renameatx_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnMac(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(SafeFileHandle directory, string path, int flags, uint mask, Span<byte> status);
}
