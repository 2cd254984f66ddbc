using System.Buffers.Binary;
using System.Runtime.InteropServices;

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
    private const int NoEntry = 2;
    private const int Exists = 17;
    private const int Invalid = 22;
    private const int NoReplaceOnLinux = 1;
    private const int NoReplaceOnMac = 4;
    private const int CurrentDirectory = -100;
    private const int AskServer = 0x2000;
    private const int LinkCount = 4;
    private const int LinkCountOffset = 16;
    private const int StatusBytes = 256;
    private static readonly int[] NotSupported = OperatingSystem.IsMacOS() ? [45, 78, 102] : [38, 95]; // ENOTSUP, ENOSYS, EOPNOTSUPP

    /// <exception cref="DirectoryNotFoundException">The new name's directory, or the old name, is gone.</exception>
    /// <exception cref="IOException">Any other failure.</exception>
    public static bool TryRename(string from, string to) => TryRenameAtOnce(from, to) ?? TryLink(from, to) ?? TryRenameLocked(from, to);

    public static bool? TryRenameAtOnce(string from, string to)
    {
        try
        {
            if (OperatingSystem.IsMacOS()) return RenameOnMac(from, to, NoReplaceOnMac) == 0 ? true : Refusal("renamex_np", to);
            return RenameOnLinux(CurrentDirectory, from, CurrentDirectory, to, NoReplaceOnLinux) == 0 ? true : Refusal("renameat2", to);
        }
        catch (EntryPointNotFoundException)
        {
            return null; // an older C library
        }
    }

    public static bool? TryLink(string from, string to)
    {
        if (Link(from, to) != 0)
        {
            var refusal = Refusal("link", to);
            // NFS repeats a call whose answer was lost, and then finds taken what it has made itself.
            if (refusal is null || !HasSecondName(from)) return refusal;
        }
        if (Unlink(from) == 0 || Marshal.GetLastPInvokeError() == NoEntry) return true;
        var failure = NativeFiles.Failed("unlink", from, Marshal.GetLastPInvokeError());
        if (Unlink(to) != 0) failure.Data["BluePlan.State.Cleanup"] = Marshal.GetLastPInvokeErrorMessage();
        throw failure;
    }

    public static bool TryRenameLocked(string from, string to)
    {
        using var turn = NativeFiles.LockDirectory(Path.GetDirectoryName(from)!);
        if (Path.Exists(to)) return false;
        try
        {
            NativeFiles.Rename(from, to);
            return true;
        }
        catch (FileNotFoundException gone)
        {
            throw new DirectoryNotFoundException(gone.Message, gone);
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
    private static bool HasSecondName(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> status = stackalloc byte[StatusBytes];
        return Status(CurrentDirectory, path, AskServer, LinkCount, status) == 0 && BinaryPrimitives.ReadUInt32LittleEndian(status[LinkCountOffset..]) == 2;
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnLinux(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameOnMac(string from, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int directory, string path, int flags, uint mask, Span<byte> status);
}
