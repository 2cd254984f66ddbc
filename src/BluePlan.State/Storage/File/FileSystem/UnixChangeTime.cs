namespace BluePlan.State.Storage;

/// <summary>Which file systems keep the time of a directory's last change as POSIX wants it (XBD 4.12, File Times Update).</summary>
internal static class UnixChangeTime
{
    // As the runtime calls them, and as they are mounted. Those of a network or in user space tell late, or not at all.
    private static readonly string[] Kinds = ["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "tmpfs", "overlay", "overlayfs", "apfs"];

    /// <summary>Whether the file system of a directory is one of them.</summary>
    public static bool IsKeptAt(string directory)
    {
        try
        {
            return Kinds.Contains(new DriveInfo(directory).DriveFormat, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Then nothing is known of it, and everything is looked at each time.
            return false;
        }
    }
}
