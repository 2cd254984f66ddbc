using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The files under a directory of backups. Throws what the system throws.</summary>
internal sealed class BackupDirectory(string root)
{
    private const string Temporary = ".tmp"; // no object's name begins with a dot
    private const int MaximumAttempts = 8;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);
    private static readonly EnumerationOptions AllFiles = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };

    private int _cleaned;

    public string Root => root;

    public string PathOf(string name) => Path.Combine([root, .. name.Split('/')]);

    /// <summary>A path that nobody has, on the same file system.</summary>
    public string NewTemporaryPath()
    {
        var directory = Path.Combine(root, Temporary);
        LocalFileSystem.Instance.CreateDirectory(directory);
        if (Interlocked.Exchange(ref _cleaned, 1) == 0) DeleteAbandoned(directory);
        return Path.Combine(directory, BackupNames.RandomText());
    }

    public static FileStream CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new(path, options);
    }

    /// <summary>Gives a finished file its name, durably.</summary>
    /// <exception cref="StateConflictException">The name is taken.</exception>
    public void Publish(string temporary, string name)
    {
        var path = PathOf(name);
        var directory = Path.GetDirectoryName(path)!;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                LocalFileSystem.Instance.CreateDirectory(directory);
                if (NativeFiles.TryRename(temporary, path)) break;
                if (Directory.Exists(path)) throw new IOException($"There is a directory '{path}'.");
                throw new StateConflictException($"There is an object '{name}' in {root}. Objects are written once.");
            }
            catch (IOException exception) when (attempt < MaximumAttempts && (exception is DirectoryNotFoundException || !Directory.Exists(directory) && !File.Exists(directory)))
            {
                // Somebody deleted the last other object of the directory, and the directory with it, perhaps between our being told that it is there and our looking.
            }
        }
        try
        {
            NativeFiles.FlushDirectory(directory);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody deleted the object already, and the directory with it.
        }
        catch (IOException failure)
        {
            Discard(path, failure); // what may not be durable must not be seen
            throw;
        }
    }

    public bool Delete(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path)) return false;
        var going = NewTemporaryPath();
        try
        {
            NativeFiles.Rename(path, going); // of many who delete it one succeeds, and knows
        }
        catch (IOException) when (!File.Exists(path))
        {
            return false;
        }
        File.Delete(going);
        FlushUpwards(Path.GetDirectoryName(path)!);
        RemoveIfEmpty(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>All objects whose names begin with a prefix.</summary>
    public List<BackupObject> List(string prefix, CancellationToken cancellationToken)
    {
        var found = new List<BackupObject>();
        var folder = prefix.Contains('/', StringComparison.Ordinal) ? prefix[..prefix.LastIndexOf('/')] : "";
        if (folder.Length > 0 && !BackupObjectName.IsValid(folder)) return found;
        var directory = new DirectoryInfo(folder.Length > 0 ? PathOf(folder) : root);
        if (!directory.Exists) return found;
        foreach (var file in directory.EnumerateFiles("*", AllFiles))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || !BackupObjectName.IsValid(name)) continue;
            try
            {
                found.Add(new(name, file.Length));
            }
            catch (FileNotFoundException)
            {
                // Deleted since.
            }
        }
        return found;
    }

    /// <summary>Whether the system refuses, rather than this program is wrong.</summary>
    public static bool IsRefusal(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Deletes a file that is not to be. When that fails too, the failure that led here tells of it.</summary>
    public static void Discard(string path, Exception failure)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception second) when (IsRefusal(second))
        {
            failure.Data["BluePlan.State.Cleanup"] = second.Message;
        }
    }

    /// <summary>Flushes a directory, or, when somebody removed it meanwhile, the one above, which says so.</summary>
    private static void FlushUpwards(string directory)
    {
        try
        {
            NativeFiles.FlushDirectory(directory);
        }
        catch (DirectoryNotFoundException) when (Path.GetDirectoryName(directory) is { Length: > 0 })
        {
            FlushUpwards(Path.GetDirectoryName(directory)!);
        }
    }

    private static void RemoveIfEmpty(string directory)
    {
        try
        {
            if (!Directory.EnumerateFileSystemEntries(directory).Any()) Directory.Delete(directory);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            // It is gone already, or somebody wrote into it just now; an empty directory does no harm either.
        }
    }

    private static void DeleteAbandoned(string directory)
    {
        var before = TimeProvider.System.GetUtcNow() - AbandonedAfter;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles())
        {
            try
            {
                if (file.LastWriteTimeUtc < before) file.Delete();
            }
            catch (Exception exception) when (IsRefusal(exception))
            {
                // Somebody else's file, or deleted since: it only takes room.
            }
        }
    }
}
