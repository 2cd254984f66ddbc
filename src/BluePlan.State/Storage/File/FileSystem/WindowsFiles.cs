using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>What the runtime does not offer of Windows: to open a directory, and to tell which file a handle leads to.</summary>
/// <remarks>CreateFileW, GetFileInformationByHandle and BY_HANDLE_FILE_INFORMATION in the documentation of the Windows API.</remarks>
internal static partial class WindowsFiles
{
    private const uint ReadAttributes = 0x80;
    private const uint ShareReadWrite = 1 | 2;
    private const uint ShareDelete = 4;
    private const uint OpenExisting = 3;
    private const uint BackupSemantics = 0x02000000;
    private const uint OpenReparsePoint = 0x00200000;
    private const int InformationBytes = 52, VolumeOffset = 28, IndexHighOffset = 44, IndexLowOffset = 48;
    private const int NoFile = 2, NoPath = 3;

    /// <summary>Opens a directory such that nobody can rename or remove it until the handle is closed.</summary>
    public static SafeFileHandle PinDirectory(string path)
    {
        var handle = CreateFile(NativeFiles.Extended(path), ReadAttributes | 1, ShareReadWrite, 0, OpenExisting, BackupSemantics, 0);
        return handle.IsInvalid ? throw NativeFiles.Failed("CreateFile", path, Marshal.GetLastPInvokeError()) : handle;
    }

    /// <summary>Which file or directory a path leads to; <c>null</c> if there is nothing.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Whether a link at its end is followed.</param>
    public static FileIdentity? IdentityAt(string path, bool follow)
    {
        using var handle = CreateFile(NativeFiles.Extended(path), ReadAttributes, ShareReadWrite | ShareDelete, 0, OpenExisting, BackupSemantics | (follow ? 0 : OpenReparsePoint), 0);
        if (!handle.IsInvalid) return IdentityOf(handle, path);
        var error = Marshal.GetLastPInvokeError();
        return error is NoFile or NoPath ? null : throw NativeFiles.Failed("CreateFile", path, error);
    }

    /// <summary>Which file or directory is open.</summary>
    public static FileIdentity IdentityOf(SafeFileHandle handle, string path)
    {
        Span<byte> information = stackalloc byte[InformationBytes];
        if (!GetInformation(handle, information)) throw NativeFiles.Failed("GetFileInformationByHandle", path, Marshal.GetLastPInvokeError());
        return new(Read(information, VolumeOffset), ((ulong)Read(information, IndexHighOffset) << 32) | Read(information, IndexLowOffset));
    }

    private static uint Read(ReadOnlySpan<byte> information, int offset) => MemoryMarshal.Read<uint>(information[offset..]);

    [LibraryImport("kernel32.dll", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32.dll", EntryPoint = "GetFileInformationByHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetInformation(SafeFileHandle file, Span<byte> information);
}
