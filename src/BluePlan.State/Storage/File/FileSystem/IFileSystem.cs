namespace BluePlan.State.Storage;

/// <summary>
/// All that the file provider asks of a file system, so that tests can fail, lose and tear every single step. What a call has written is not safe before the matching flush has returned: contents with
/// <see cref="IStoreFile.Flush"/>, names with <see cref="IStoreFolder.Flush"/>.
/// </summary>
/// <remarks>Failures are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</remarks>
internal interface IFileSystem
{
    /// <summary>Opens a directory.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="create">Whether a missing directory, and those above it, are made, open to their owner only.</param>
    /// <param name="isPrivate">Whether a directory is refused that another user owns or can write to; so are such files in it.</param>
    /// <returns>The directory; <c>null</c> if it is missing and is not to be made.</returns>
    /// <exception cref="NotPrivateException">Another user owns the directory, or can write to it.</exception>
    IStoreFolder? OpenDirectory(string path, bool create, bool isPrivate);

    /// <summary>How many bytes the disk under a directory has left for this process.</summary>
    long FreeBytes(string directory);

    /// <summary>What sort of network file system a directory lies on; null = none that is known.</summary>
    string? NetworkKind(string directory);
}
