using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>
/// The system calls whose outcome the runtime hides or does not offer. Its own flush returns normally on Unix when fsync fails (dotnet/runtime, <c>RandomAccess.FlushToDisk</c>,
/// seen on 10.0), so a store that relies on it acknowledges what is lost.
/// </summary>
internal static partial class NativeFiles
{
    private const int NoEntry = 2;
    private const int NoPathOnWindows = 3;
    private const int Interrupted = 4;
    private const int NoSpace = 28;
    private const int NotSupportedOnLinux = 95;
    private const int LockExclusive = 2;
    private const int LockExclusiveNow = 2 | 4;
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private const int FullFsync = 51;
    private const int DropCached = 4;
    private const int MoveThrough = 8;
    private const int MoveReplacingThrough = 1 | MoveThrough;
    private const int ExistsOnWindows = 80;
    private const int AlreadyExistsOnWindows = 183;
    private const int LongPathOnWindows = 248;

    /// <summary>Flushes a file's contents and length.</summary>
    public static void Flush(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!FlushFileBuffers(file)) throw Failed("FlushFileBuffers", path, Marshal.GetLastPInvokeError());
            return;
        }
        if (OperatingSystem.IsMacOS()) Check(() => Control(file, FullFsync), "fcntl(F_FULLFSYNC)", path);
        else Check(() => FlushData(file), "fdatasync", path);
    }

    /// <exception cref="DirectoryNotFoundException">It is gone.</exception>
    /// <exception cref="IOException">Any other failure.</exception>
    public static void FlushDirectory(string path)
    {
        // Windows has no such call, and its rename below writes through.
        if (OperatingSystem.IsWindows()) return;
        using var directory = UnixFiles.OpenDirectory(path);
        FlushDirectory(directory, path);
    }

    /// <summary>Flushes an open directory of Unix.</summary>
    public static void FlushDirectory(SafeFileHandle directory, string path)
    {
        if (OperatingSystem.IsMacOS()) Check(() => Control(directory, FullFsync), "fcntl(F_FULLFSYNC)", path);
        else Check(() => FlushAll(directory), "fsync", path);
    }

    /// <summary>Renames a file on Windows, replacing a file of that name.</summary>
    public static void Rename(string from, string to)
    {
        if (!Move(Extended(from), Extended(to), MoveReplacingThrough)) throw Failed("MoveFileEx", to, Marshal.GetLastPInvokeError());
    }

    /// <summary>Renames a file on Windows unless the new name is taken, in one step; false when it is.</summary>
    /// <exception cref="DirectoryNotFoundException">The new name's directory, or the old name, is gone.</exception>
    /// <exception cref="IOException">Any other failure.</exception>
    public static bool TryRename(string from, string to)
    {
        if (Move(Extended(from), Extended(to), MoveThrough)) return true;
        var error = Marshal.GetLastPInvokeError();
        if (error is ExistsOnWindows or AlreadyExistsOnWindows) return false;
        throw Failed("MoveFileEx", to, error);
    }

    /// <summary>Waits for the lock of a directory of Unix that no other holds; it ends with the handle, or the process.</summary>
    public static SafeFileHandle LockDirectory(SafeFileHandle directory, string path)
    {
        // Opened anew, since a lock belongs to one opening.
        var own = UnixFiles.TryOpenDirectory(directory, ".", path) ?? throw Failed("open", path, NoEntry);
        try
        {
            Check(() => FileLock(own, LockExclusive), "flock", path);
            return own;
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>Allocates the disk's blocks for a file; false when the file system has no such call.</summary>
    public static bool Allocate(SafeFileHandle file, long length, string path)
    {
        if (!OperatingSystem.IsLinux() || nint.Size != 8) return false;
        while (FileAllocate(file, 0, 0, length) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == NotSupportedOnLinux) return false;
            if (error != Interrupted) throw Failed("fallocate", path, error);
        }
        return true;
    }

    /// <summary>Lets the system forget what it holds of a file in memory and is on disk, as far as it can: after a failed flush that may differ from the disk.</summary>
    public static void ForgetCached(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux() && nint.Size == 8) _ = FileAdvise(file, 0, 0, DropCached);
    }

    /// <summary>Locks an open file; false when somebody else has the lock.</summary>
    public static bool TryLock(SafeFileHandle file, string path)
    {
        // On Windows the sharing mode, by which the file was opened, is the lock.
        if (OperatingSystem.IsWindows()) return true;
        while (FileLock(file, LockExclusiveNow) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is WouldBlockOnLinux or WouldBlockOnMac) return false;
            if (error != Interrupted) throw Failed("flock", path, error);
        }
        return true;
    }

    // A call that a signal has interrupted has not judged the data, so it alone is repeated.
    private static int Check(Func<int> call, string name, string path)
    {
        while (true)
        {
            var result = call();
            if (result >= 0) return result;
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw Failed(name, path, error);
        }
    }

    // Windows refuses a long path unless it is written so.
    public static string Extended(string path) =>
        path.Length < LongPathOnWindows || path.StartsWith(@"\\?\", StringComparison.Ordinal) ? path : path.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC" + path[1..] : @"\\?\" + path;

    /// <summary>What a call's failure is thrown as; a missing file or directory as <see cref="DirectoryNotFoundException"/>.</summary>
    public static IOException Failed(string call, string path, int error)
    {
        var cause = new Win32Exception(error);
        var message = $"{call} of '{ShownPath.Of(path)}' failed: {(!OperatingSystem.IsWindows() && error == NoSpace ? "no space left on the device" : Marshal.GetPInvokeErrorMessage(error))} ({error}).";
        return error == NoEntry || OperatingSystem.IsWindows() && error == NoPathOnWindows ? new DirectoryNotFoundException(message, cause) : new IOException(message, cause);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushAll(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FileAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int FileAdvise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("kernel32.dll", EntryPoint = "FlushFileBuffers", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);

    [LibraryImport("kernel32.dll", EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Move(string from, string to, int flags);
}
