using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>Brings files and directories to disk and says when that failed, which the runtime's own flush does not on Unix.</summary>
/// <remarks>
/// After a failure what is on disk is unknown, and a second flush may succeed without having written anything (https://wiki.postgresql.org/wiki/Fsync_Errors): never repeat one.
/// </remarks>
internal static partial class CheckedFlush
{
    private const int ENOENT = 2;
    private const int EINTR = 4;
    private const int FullSync = 51; // F_FULLFSYNC: macOS's fsync leaves the data in the drive's own cache

    /// <summary>Brings what was written to a file to disk, its length included.</summary>
    /// <exception cref="IOException">The system says that it failed.</exception>
    public static void File(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) Check(FlushFileBuffers(file) ? 0 : -1, "FlushFileBuffers");
        else if (OperatingSystem.IsMacOS() || OperatingSystem.IsIOS()) Check(Repeat(file, static f => Fcntl(f, FullSync)), "fcntl(F_FULLFSYNC)");
        else Check(Repeat(file, FSync), "fsync");
    }

    /// <summary>Brings the names in a directory to disk, after files were made, renamed or deleted in it. Windows does so by itself.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="IOException">The system says that it failed.</exception>
    public static void Directory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(path, 0);
        Check(descriptor, "open");
        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        Check(Repeat(directory, FSync), "fsync");
    }

    private static int Repeat(SafeFileHandle handle, Func<SafeFileHandle, int> flush)
    {
        int result;
        do result = flush(handle); while (result < 0 && Marshal.GetLastPInvokeError() == EINTR);
        return result;
    }

    private static void Check(int result, string call)
    {
        if (result >= 0) return;
        var error = Marshal.GetLastPInvokeError();
        var message = $"{call} failed: {Marshal.GetPInvokeErrorMessage(error)}.";
        throw error == ENOENT ? new DirectoryNotFoundException(message) : new IOException(message, new Win32Exception(error));
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}
