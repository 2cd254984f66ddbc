using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Benchmarks;

/// <summary>The calls of the operating system that .NET hides or does not make.</summary>
internal static partial class NativeFile
{
    private const int DontNeed = 4;

    /// <summary>Waits until a file's content is on the disk.</summary>
    public static void Sync(SafeFileHandle file)
    {
        if (fdatasync(file) != 0) throw new Win32Exception();
    }

    /// <summary>Waits until what a directory lists is on the disk.</summary>
    public static void SyncDirectory(string directory)
    {
        using var handle = OpenDirectory(directory);
        if (fsync(handle) != 0) throw new Win32Exception();
    }

    /// <summary>Drops a file that is on the disk from the system's cache, so that the next read of it is a cold one.</summary>
    public static void Forget(string path)
    {
        using var handle = File.OpenHandle(path);
        Sync(handle);
        if (posix_fadvise(handle, 0, 0, DontNeed) != 0) throw new Win32Exception();
    }

    private static SafeFileHandle OpenDirectory(string directory)
    {
        var handle = open(directory, 0);
        return handle.IsInvalid ? throw new Win32Exception() : handle;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);
}
