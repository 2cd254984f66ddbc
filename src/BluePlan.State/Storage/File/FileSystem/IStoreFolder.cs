namespace BluePlan.State.Storage;

/// <summary>
/// An open directory. Its members act by names in the directory that was opened, wherever that is by now, and never follow a link.
/// </summary>
/// <remarks>Failures are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</remarks>
internal interface IStoreFolder : IDisposable
{
    /// <summary>Lists the names of everything in the directory.</summary>
    IReadOnlyList<string> List();

    /// <summary>Makes an empty file, readable by its owner only, and opens it for reading and writing. The name must be free.</summary>
    IStoreFile Create(string name);

    /// <summary>Opens an existing file for reading and writing.</summary>
    IStoreFile Open(string name);

    /// <summary>Opens a file for reading, from the disk and not from the system's cache, as far as the system can.</summary>
    IStoreFile OpenRead(string name);

    /// <summary>
    /// Opens a file for reading beside the process that owns the store, which can still write to it, replace it and delete it.
    /// </summary>
    /// <exception cref="FileNotFoundException">It is missing.</exception>
    IStoreFile OpenShared(string name) => OpenRead(name);

    /// <summary>Opens a directory in this one, and makes it if it is missing.</summary>
    IStoreFolder OpenFolder(string name);

    /// <summary>Gives a file another name, in one step.</summary>
    /// <param name="from">The name.</param>
    /// <param name="folder">Where it is to go, on the same file system.</param>
    /// <param name="to">The new name.</param>
    /// <param name="replace">Whether a file that has the new name is replaced; otherwise, the name must be free.</param>
    void Rename(string from, IStoreFolder folder, string to, bool replace);

    /// <summary>Deletes a file, or a link; a missing one is no failure.</summary>
    void Delete(string name);

    /// <summary>Deletes an open file, and closes it.</summary>
    /// <returns><c>false</c> if the name leads to something else, which stays; the file is still open then.</returns>
    bool TryDelete(string name, IStoreFile file);

    /// <summary>Makes the names in the directory safe.</summary>
    void Flush();

    /// <summary>
    /// Locks the directory and a file in it, which is made if it is missing, against every other process and every other caller in this one, until the file and the directory are disposed or the process ends.
    /// </summary>
    /// <returns>The file; <c>null</c> if another caller has the lock.</returns>
    IStoreFile? TryLock(string name);

    /// <summary>Looks at what the path by which the directory was opened leads to.</summary>
    FolderLook Look();

    /// <summary>Whether a name in the directory leads to an open file.</summary>
    bool Holds(string name, IStoreFile file);
}
