using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// The files under a directory of backups. Throws what the system throws. Only the directory itself may be a link: in it everything is opened name by name, and no link is followed.
/// </summary>
internal sealed class BackupDirectory(string root)
{
    private const string Temporary = ".tmp"; // no object's name begins with a dot
    private const int MaximumAttempts = 8;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);

    private int _cleaned;

    /// <summary>The directory's path as messages show it.</summary>
    public string Shown { get; } = ShownPath.Of(root);

    /// <summary>Begins an object, on the same file system as it will have its name on.</summary>
    public BackupDraft Begin()
    {
        using var folder = LocalFileSystem.OpenDirectory(root, create: true, isPrivate: false)!;
        var temporary = folder.OpenFolder(Temporary);
        try
        {
            if (Interlocked.Exchange(ref _cleaned, 1) == 0) DeleteAbandoned(temporary);
            return new(temporary, BackupNames.RandomText());
        }
        catch
        {
            temporary.Dispose();
            throw;
        }
    }

    /// <summary>Gives a finished file its name, durably.</summary>
    /// <exception cref="StateConflictException">The name is taken.</exception>
    public void Publish(BackupDraft draft, string name)
    {
        var file = Path.GetFileName(name);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var way = BackupPath.Open(root, name, create: true)!;
                if (draft.Folder.TryRename(draft.Name, way.Last, file)) Confirm(way, file);
                else if (way.Last.Entries().Any(e => e.Name == file && e.Kind is not FolderEntryKind.File)) throw new IOException($"'{Path.Combine(Shown, name)}' exists and is not a file.");
                else throw new StateConflictException($"There is an object '{name}' in {Shown}. Objects are written once.");
                return;
            }
            catch (DirectoryNotFoundException) when (attempt < MaximumAttempts)
            {
                // Another process deleted the last other object of the directory, and the directory with it, after it was opened here.
            }
        }
    }

    /// <summary>Opens an object; <c>null</c> if it is missing.</summary>
    public FileStream? Open(string name)
    {
        using var way = BackupPath.Open(root, name, create: false);
        return way?.Last.TryOpenStream(Path.GetFileName(name)) is { } handle ? new(handle, FileAccess.Read, 0, isAsync: OperatingSystem.IsWindows()) : null;
    }

    public bool Delete(string name)
    {
        using var way = BackupPath.Open(root, name, create: false);
        if (way is null) return false;
        var file = Path.GetFileName(name);
        // Nothing else than a file is an object. A link is refused, so that it is not taken for one.
        if (!way.Last.IsFile(file)) return false;
        using var folder = LocalFileSystem.OpenDirectory(root, create: true, isPrivate: false)!;
        using var temporary = folder.OpenFolder(Temporary);
        var going = BackupNames.RandomText();
        try
        {
            way.Last.TryRename(file, temporary, going); // of many who delete it one succeeds, and knows
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        temporary.Delete(going);
        way.FlushUpwards();
        way.RemoveIfEmpty();
        return true;
    }

    /// <summary>All objects whose names begin with a prefix.</summary>
    public List<BackupObject> List(string prefix, CancellationToken cancellationToken)
    {
        var found = new List<BackupObject>();
        var at = prefix.Contains('/', StringComparison.Ordinal) ? prefix[..(prefix.LastIndexOf('/') + 1)] : "";
        if (at.Length > 0 && !BackupObjectName.IsValid(at[..^1])) return found;
        using var way = BackupPath.Open(root, at, create: false);
        if (way is not null) Add(found, way.Last, at, prefix, cancellationToken);
        return found;
    }

    /// <summary>Whether the system refuses, rather than this program is wrong.</summary>
    public static bool IsRefusal(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private static void Add(List<BackupObject> found, ILocalFolder folder, string at, string prefix, CancellationToken cancellationToken)
    {
        foreach (var entry in folder.Entries())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = at + entry.Name;
            if (!BackupObjectName.IsValid(name)) continue;
            if (entry.Kind is FolderEntryKind.File && name.StartsWith(prefix, StringComparison.Ordinal)) found.Add(new(name, entry.Length));
            if (entry.Kind is not FolderEntryKind.Folder) continue;
            using var inner = folder.TryOpenFolder(entry.Name);
            if (inner is not null) Add(found, inner, name + "/", prefix, cancellationToken);
        }
    }

    private static void Confirm(BackupPath way, string file)
    {
        try
        {
            way.Last.Flush();
            // A directory that is missing with the object was removed by a process that deleted the object already.
            if (!way.IsAtItsPath() && way.Last.Entries().Any(e => e.Name == file)) throw new IOException("The directory was removed, renamed or replaced while an object was written to it.");
        }
        catch (IOException failure)
        {
            Discard(way.Last, file, failure); // what may not be durable must not be seen
            throw;
        }
    }

    /// <summary>Deletes a file that is not to be. When that fails too, the failure that led here tells of it.</summary>
    public static void Discard(ILocalFolder folder, string name, Exception failure)
    {
        try
        {
            folder.Delete(name);
        }
        catch (Exception second) when (IsRefusal(second))
        {
            failure.Data["BluePlan.State.Cleanup"] = second.Message;
        }
    }

    private static void DeleteAbandoned(ILocalFolder folder)
    {
        var before = TimeProvider.System.GetUtcNow() - AbandonedAfter;
        foreach (var file in folder.Entries().Where(e => e.Kind is FolderEntryKind.File && e.Modified < before))
        {
            try
            {
                folder.Delete(file.Name);
            }
            catch (Exception exception) when (IsRefusal(exception))
            {
                // Another user's file, or deleted since: it only takes room.
            }
        }
    }
}
