using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>
/// The system calls of Unix that act by a name in an open directory. Another process can neither exchange the directory on the way nor lead them elsewhere by a link.
/// </summary>
/// <remarks>The values of flags are those of Linux (fcntl.h of each architecture) and of macOS.</remarks>
internal static partial class UnixFiles
{
    public const int OwnerOnlyFile = 0x180; // 0600
    public const int OwnerOnlyDirectory = 0x1C0; // 0700

    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int LockExclusiveNow = 2 | 4;
    private const int NotPermitted = 1, NoEntry = 2, Interrupted = 4, Exists = 17, NotADirectory = 20, Invalid = 22;
    private static readonly bool IsMac = OperatingSystem.IsMacOS();
    private static readonly bool HasOldFlags = !IsMac && RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Armv6 or Architecture.Arm64 or Architecture.Ppc64le;
    private static readonly int Make = IsMac ? 0x200 | 0x800 : 0x40 | 0x80; // O_CREAT | O_EXCL
    private static readonly int NoWait = IsMac ? 0x4 : 0x800; // O_NONBLOCK: a pipe must not hold up who opens it
    private static readonly int CloseOnExec = IsMac ? 0x1000000 : 0x80000;
    private static readonly int DirectoryOnly = IsMac ? 0x100000 : HasOldFlags ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsMac ? 0x100 : HasOldFlags ? 0x8000 : 0x20000;
    private static readonly int RemoveDirectoryFlag = IsMac ? 0x80 : 0x200;
    private static readonly int CurrentDirectory = IsMac ? -2 : -100;
    private static readonly int TooManyLinks = IsMac ? 62 : 40;
    private static readonly int WouldBlock = IsMac ? 35 : 11;
    private static readonly int NotEmpty = IsMac ? 66 : 39;

    /// <summary>Opens a directory by its path, following links.</summary>
    /// <exception cref="DirectoryNotFoundException">It is missing.</exception>
    public static SafeFileHandle OpenDirectory(string path)
    {
        while (true)
        {
            var file = Open(CurrentDirectory, path, ReadOnly | DirectoryOnly | CloseOnExec);
            if (file >= 0) return new(file, ownsHandle: true);
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw NativeFiles.Failed("open", path, error);
        }
    }

    /// <summary>Opens a directory in a directory; <c>null</c> if there is none of that name.</summary>
    /// <exception cref="IOException">It is a link, or cannot be opened.</exception>
    public static SafeFileHandle? TryOpenDirectory(SafeFileHandle directory, string name, string path) => TryOpen(directory, name, path, ReadOnly | DirectoryOnly);

    /// <summary>Makes a directory that only its owner can open; <c>false</c> if the name is taken.</summary>
    public static bool TryMakeDirectory(SafeFileHandle directory, string name, string path)
    {
        if (MakeDirectory(directory, name, OwnerOnlyDirectory) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw NativeFiles.Failed("mkdir", path, error);
    }

    /// <summary>Makes an empty file and opens it for reading and writing; <c>null</c> if the name is taken.</summary>
    public static SafeFileHandle? TryCreate(SafeFileHandle directory, string name, string path)
    {
        var file = TryOpen(directory, name, path, ReadWrite | Make);
        // The process's umask may have taken permissions away, and the directory's default access list may have added some.
        if (file is not null && ChangeMode(file, OwnerOnlyFile) != 0 && Marshal.GetLastPInvokeError() is not (NotPermitted or Invalid) && UnixStatus.Of(file, path).Permissions != OwnerOnlyFile)
        {
            file.Dispose();
            throw new IOException($"The permissions of '{path}' cannot be set.");
        }
        return file;
    }

    /// <summary>Opens a regular file; <c>null</c> if it is missing.</summary>
    /// <exception cref="IOException">It is a link or another kind of file, or cannot be opened.</exception>
    public static SafeFileHandle? TryOpenFile(SafeFileHandle directory, string name, string path, bool write)
    {
        var file = TryOpen(directory, name, path, (write ? ReadWrite : ReadOnly) | NoWait);
        if (file is null) return null;
        try
        {
            return UnixStatus.Of(file, path).IsRegular ? file : throw new IOException($"'{path}' is not a regular file. Another process may have put it there; remove it.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public static void Rename(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, string path)
    {
        if (RenameAt(fromDirectory, from, toDirectory, to) != 0) throw NativeFiles.Failed("rename", path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Removes a name that leads to a file or a link; <c>false</c> if it is missing.</summary>
    public static bool TryDelete(SafeFileHandle directory, string name, string path)
    {
        if (Unlink(directory, name, 0) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NoEntry ? false : throw NativeFiles.Failed("unlink", path, error);
    }

    /// <summary>Removes a directory; <c>false</c> if it is missing, not empty, or no directory.</summary>
    public static bool TryRemoveDirectory(SafeFileHandle directory, string name, string path)
    {
        if (Unlink(directory, name, RemoveDirectoryFlag) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NoEntry || error == NotEmpty || error == Exists || error == NotADirectory ? false : throw NativeFiles.Failed("rmdir", path, error);
    }

    /// <summary>Locks an open directory, where the file system can; <c>false</c> if another handle has the lock.</summary>
    public static bool TryLockDirectory(SafeFileHandle directory)
    {
        while (Lock(directory, LockExclusiveNow) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock) return false;
            // NFS locks no directory that is open for reading. The lock of the file in it holds there.
            if (error != Interrupted) return true;
        }
        return true;
    }

    /// <summary>What a link where none belongs is thrown as.</summary>
    public static IOException IsLink(string path) => new($"'{path}' is a symbolic link, which is not followed. Another process may have put it there; remove it.");

    /// <summary>The user in whose name this process acts.</summary>
    public static uint EffectiveUser() => GetEffectiveUser();

    private static SafeFileHandle? TryOpen(SafeFileHandle directory, string name, string path, int flags)
    {
        flags |= NoFollow | CloseOnExec;
        while (true)
        {
            var file = IsMac && RuntimeInformation.ProcessArchitecture is Architecture.Arm64
                ? OpenOnAppleSilicon(directory, name, flags, 0, 0, 0, 0, 0, OwnerOnlyFile)
                : Open(directory, name, flags, OwnerOnlyFile);
            if (file >= 0) return new(file, ownsHandle: true);
            var error = Marshal.GetLastPInvokeError();
            if (error == Interrupted) continue;
            if (error == ((flags & Make) == Make ? Exists : NoEntry)) return null;
            // Where a directory is expected, a link is reported as no directory.
            if (error == TooManyLinks || error == NotADirectory && UnixStatus.Of(directory, name, path) is { IsLink: true })
                throw IsLink(path);
            if (error == NotADirectory && (flags & DirectoryOnly) != 0) return null;
            throw NativeFiles.Failed("open", path, error);
        }
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(int directory, string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(SafeFileHandle directory, string path, int flags, int mode);

    // There the mode, being a variadic argument, is passed on the stack, which begins behind eight registers.
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenOnAppleSilicon(SafeFileHandle directory, string path, int flags, nint register4, nint register5, nint register6, nint register7, nint register8, nint mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(SafeFileHandle directory, string path, int mode);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(SafeFileHandle file, int mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(SafeFileHandle directory, string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
