using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The open directories that lead to an object, from the directory of backups on.</summary>
internal sealed class BackupPath : IDisposable
{
    private readonly List<ILocalFolder> _folders = [];
    private readonly string[] _names;

    private BackupPath(string[] names) => _names = names;

    /// <summary>The directory that the object is in.</summary>
    public ILocalFolder Last => _folders[^1];

    /// <summary>Opens the directories of an object.</summary>
    /// <param name="root">The directory of backups.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="create">Whether missing directories are made; otherwise, the answer is <c>null</c> if one is missing.</param>
    public static BackupPath? Open(string root, string name, bool create)
    {
        var path = new BackupPath(name.Split('/')[..^1]);
        try
        {
            var folder = LocalFileSystem.OpenDirectory(root, create, isPrivate: false);
            foreach (var next in path._names)
            {
                if (folder is null) break;
                path._folders.Add(folder);
                folder = create ? folder.OpenFolder(next) : folder.TryOpenFolder(next);
            }
            if (folder is not null)
            {
                path._folders.Add(folder);
                return path;
            }
            path.Dispose();
            return null;
        }
        catch
        {
            path.Dispose();
            throw;
        }
    }

    /// <summary>Whether the object is where its name says.</summary>
    public bool IsAtItsPath() => _folders.TrueForAll(static f => f.Look().IsAtItsPath);

    /// <summary>Flushes the last directory and, if another process removed it meanwhile, the one above, which records that.</summary>
    public void FlushUpwards()
    {
        for (var i = _folders.Count - 1; i >= 0; i--)
        {
            _folders[i].Flush();
            if (_folders[i].Look().IsAtItsPath) return;
        }
    }

    /// <summary>Removes the last directory if it is empty. It is closed then.</summary>
    public void RemoveIfEmpty()
    {
        if (_names.Length == 0) return;
        Last.Dispose();
        _folders.RemoveAt(_folders.Count - 1);
        try
        {
            Last.TryRemoveFolder(_names[^1]);
        }
        catch (Exception exception) when (BackupDirectory.IsRefusal(exception))
        {
            // An empty directory does no harm.
        }
    }

    public void Dispose()
    {
        foreach (var folder in _folders) folder.Dispose();
    }
}
