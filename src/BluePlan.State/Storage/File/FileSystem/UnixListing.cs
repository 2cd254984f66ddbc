using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>Lists an open directory of Unix, whatever its path leads to by now.</summary>
/// <remarks>
/// An entry (dirent(5)) has, on 64-bit Linux with every C library, its name behind an inode (8 bytes), an offset (8), its length (2) and its kind (1); on macOS with 64-bit inodes there are 2 bytes more
/// before the kind.
/// </remarks>
internal static partial class UnixListing
{
    private static readonly int NameOffset = OperatingSystem.IsMacOS() ? 21 : 19;
    private static readonly bool IsSuffixed = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture is Architecture.X64;

    public static List<string> Names(SafeFileHandle directory, string path)
    {
        // Opened anew, since reading moves a position and the end closes the handle.
        using var own = UnixFiles.TryOpenDirectory(directory, ".", path) ?? throw new DirectoryNotFoundException($"The directory '{path}' was removed.");
        var stream = IsSuffixed ? OpenStreamOnMac64(own) : OpenStream(own);
        if (stream == 0) throw NativeFiles.Failed("fdopendir", path, Marshal.GetLastPInvokeError());
        own.SetHandleAsInvalid();
        try
        {
            var names = new List<string>();
            while (true)
            {
                var entry = IsSuffixed ? ReadOnMac64(stream) : Read(stream);
                if (entry == 0)
                {
                    var error = Marshal.GetLastPInvokeError();
                    return error == 0 ? names : throw NativeFiles.Failed("readdir", path, error);
                }
                if (Marshal.PtrToStringUTF8(entry + NameOffset) is { } name and not ("." or "..")) names.Add(name);
            }
        }
        finally
        {
            _ = CloseStream(stream);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    private static partial nint OpenStream(SafeFileHandle directory);

    [LibraryImport("libc", EntryPoint = "fdopendir$INODE64", SetLastError = true)]
    private static partial nint OpenStreamOnMac64(SafeFileHandle directory);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static partial nint Read(nint stream);

    [LibraryImport("libc", EntryPoint = "readdir$INODE64", SetLastError = true)]
    private static partial nint ReadOnMac64(nint stream);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    private static partial int CloseStream(nint stream);
}
