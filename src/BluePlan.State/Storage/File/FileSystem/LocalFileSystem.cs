using System.ComponentModel;

namespace BluePlan.State.Storage;

/// <summary>The file system of this machine.</summary>
internal sealed class LocalFileSystem : IFileSystem
{
    private const int NotPermitted = 1, AccessDenied = 13;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private LocalFileSystem() { }

    public static LocalFileSystem Instance { get; } = new();

    IStoreFolder? IFileSystem.OpenDirectory(string path, bool create, bool isPrivate) => OpenDirectory(path, create, isPrivate);

    /// <inheritdoc cref="IFileSystem.OpenDirectory"/>
    public static ILocalFolder? OpenDirectory(string path, bool create, bool isPrivate)
    {
        if (create) CreateDirectory(path);
        try
        {
            return OperatingSystem.IsWindows() ? WindowsFolder.At(path) : UnixFolder.Open(path, isPrivate);
        }
        catch (DirectoryNotFoundException) when (!create)
        {
            return null;
        }
    }

    /// <summary>Makes a directory, open to its owner only, and those above it; one that exists stays as it is.</summary>
    public static void CreateDirectory(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (Directory.Exists(path))
        {
            if (parent is { Length: > 0 } && !Directory.EnumerateFileSystemEntries(path).Any()) FlushNameOfEmpty(parent);
            return;
        }
        if (parent is { Length: > 0 }) CreateDirectory(parent);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        // Also the new directory's own name must outlive a power cut.
        if (parent is { Length: > 0 }) NativeFiles.FlushDirectory(parent);
    }

    public string? NetworkKind(string directory)
    {
        if (OperatingSystem.IsWindows() && directory.StartsWith(@"\\", StringComparison.Ordinal)) return "a network share";
        var drive = DriveOf(directory);
        // FUSE file systems, such as sshfs and the mounts of object stores, do not count as network drives for the runtime.
        return drive.DriveType is DriveType.Network || drive.DriveFormat is "fuse" ? drive.DriveFormat : null;
    }

    // Some file systems, such as mounts of object stores, know no size and report zeros. Only writing tells what fits there.
    public long FreeBytes(string directory) => DriveOf(directory) is var drive && drive is { AvailableFreeSpace: 0, TotalSize: 0 } ? long.MaxValue : drive.AvailableFreeSpace;

    private static DriveInfo DriveOf(string directory) => new(OperatingSystem.IsWindows() ? Path.GetPathRoot(directory)! : directory);

    // An empty directory may have been made by a process that was killed before it had its name flushed. Where the one above may not be read, somebody else has made it.
    private static void FlushNameOfEmpty(string parent)
    {
        try
        {
            NativeFiles.FlushDirectory(parent);
        }
        catch (IOException exception) when (exception.InnerException is Win32Exception { NativeErrorCode: NotPermitted or AccessDenied })
        {
            return;
        }
    }
}
