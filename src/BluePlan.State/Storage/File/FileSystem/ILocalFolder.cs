using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>An open directory of this machine, with what a tree of files in it needs beyond a store.</summary>
internal interface ILocalFolder : IStoreFolder
{
    /// <summary>Lists everything in the directory.</summary>
    IReadOnlyList<FolderEntry> Entries();

    /// <summary>Whether a name is that of a file; <c>false</c> also if there is nothing of that name.</summary>
    /// <exception cref="IOException">The name is that of a link.</exception>
    bool IsFile(string name);

    /// <summary>Opens a directory in this one; <c>null</c> if there is none of that name.</summary>
    /// <exception cref="IOException">The name is that of a link.</exception>
    ILocalFolder? TryOpenFolder(string name);

    /// <summary>Opens a directory in this one, and makes it if it is missing.</summary>
    /// <exception cref="IOException">The name is that of a file or a link.</exception>
    new ILocalFolder OpenFolder(string name);

    /// <summary>Makes an empty file, readable by its owner only, and opens it for asynchronous writing. The name must be free.</summary>
    SafeFileHandle CreateStream(string name);

    /// <summary>Opens a file for asynchronous reading; <c>null</c> if there is none of that name.</summary>
    /// <exception cref="IOException">The name is that of a link or a directory.</exception>
    SafeFileHandle? TryOpenStream(string name);

    /// <summary>Gives a file another name unless that is taken, in one step; <c>false</c> if it is.</summary>
    /// <exception cref="DirectoryNotFoundException">The new name's directory, or the old name, was removed.</exception>
    bool TryRename(string from, ILocalFolder folder, string to);

    /// <summary>Removes an empty directory in this one; <c>false</c> if it is missing or not empty.</summary>
    bool TryRemoveFolder(string name);
}
