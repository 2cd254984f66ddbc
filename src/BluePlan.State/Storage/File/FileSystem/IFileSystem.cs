namespace BluePlan.State.Storage;

/// <summary>
/// All that the file provider asks of a file system, so that tests can fail, lose and tear every single step. What a call has written is not safe before the matching flush has returned: contents with
/// <see cref="IStoreFile.Flush"/>, names with <see cref="FlushDirectory"/>.
/// </summary>
/// <remarks>Failures are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</remarks>
internal interface IFileSystem
{
    /// <summary>Makes a directory, open to its owner only, and those above it; one that is there stays as it is.</summary>
    void CreateDirectory(string path);

    /// <summary>The names of everything in a directory; none when it is missing.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Opens a file for reading and writing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether to make it, empty, readable by its owner only, in the place of any that is there; else it must be there.</param>
    IStoreFile Open(string path, bool create);

    /// <summary>Opens a file for reading, from the disk and not from what the system remembers of it, as far as the system can.</summary>
    IStoreFile OpenRead(string path);

    /// <summary>Gives a file another name, replacing a file of that name in one step.</summary>
    void Rename(string from, string to);

    void Delete(string path);

    /// <summary>Makes the names in a directory safe.</summary>
    void FlushDirectory(string path);

    /// <summary>Locks a file, making it when it is missing, against every other process and everybody else in this one, until the lock is disposed or the process ends. Null = somebody else has it.</summary>
    IDisposable? TryLock(string path);

    /// <summary>How many bytes the disk under a directory has left for this process.</summary>
    long FreeBytes(string directory);

    /// <summary>What sort of network file system a directory lies on; null = none that is known.</summary>
    string? NetworkKind(string directory);
}
