using System.ComponentModel;

namespace BluePlan.State.Storage;

/// <summary>The file system of this machine.</summary>
internal sealed class LocalFileSystem : IFileSystem
{
    private const int NotPermitted = 1, AccessDenied = 13;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private LocalFileSystem() { }

    public static LocalFileSystem Instance { get; } = new();

    public void CreateDirectory(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (Directory.Exists(path))
        {
            if (parent is { Length: > 0 } && !Directory.EnumerateFileSystemEntries(path).Any()) FlushNameOfEmpty(parent);
            return;
        }
        if (parent is { Length: > 0 }) CreateDirectory(parent);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        // Also the new directory's own name must outlive a power cut.
        if (parent is { Length: > 0 }) FlushDirectory(parent);
    }

    public IReadOnlyList<string> List(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Select(p => Path.GetFileName(p))] : [];

    public IStoreFile Open(string path, bool create) => new LocalFile(path, OpenStream(path, create ? FileMode.Create : FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete));

    public IStoreFile OpenRead(string path)
    {
        var file = OpenStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        NativeFiles.ForgetCached(file.SafeFileHandle);
        return new LocalFile(path, file);
    }

    public void Rename(string from, string to) => NativeFiles.Rename(from, to);

    public void Delete(string path) => File.Delete(path);

    public void FlushDirectory(string path) => NativeFiles.FlushDirectory(path);

    public IDisposable? TryLock(string path)
    {
        FileStream file;
        try
        {
            file = OpenStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsSharingViolation(exception))
        {
            return null;
        }
        // The runtime's own lock can be switched off and is silently left out where it is not supported, so it is not relied upon.
        if (NativeFiles.TryLock(file.SafeFileHandle, path)) return file;
        file.Dispose();
        return null;
    }

    public string? NetworkKind(string directory)
    {
        if (OperatingSystem.IsWindows() && directory.StartsWith(@"\\", StringComparison.Ordinal)) return "a network share";
        var drive = DriveOf(directory);
        // FUSE file systems, such as sshfs and the mounts of object stores, do not count as network drives for the runtime.
        return drive.DriveType is DriveType.Network || drive.DriveFormat is "fuse" ? drive.DriveFormat : null;
    }

    public long FreeBytes(string directory) => DriveOf(directory).AvailableFreeSpace;

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

    // Windows says ERROR_SHARING_VIOLATION or ERROR_LOCK_VIOLATION, Unix EWOULDBLOCK.
    private static bool IsSharingViolation(IOException exception) =>
        OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 32 or 33 : exception.HResult is 11 or 35;

    private static FileStream OpenStream(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is not FileMode.Open) options.UnixCreateMode = OwnerOnly;
        return new(path, options);
    }
}
