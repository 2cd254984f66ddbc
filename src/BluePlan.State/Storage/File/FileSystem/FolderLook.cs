namespace BluePlan.State.Storage;

/// <summary>What the path of an open directory leads to now.</summary>
/// <param name="IsAtItsPath">Whether it still leads to the directory.</param>
/// <param name="Changed">
/// When a name in the directory last came to lead to something else, or to nothing: nanoseconds, by the file system's clock.
/// Changes that follow each other within a tick of that clock share one time. Null if the file system is not known to keep it.
/// </param>
internal readonly record struct FolderLook(bool IsAtItsPath, long? Changed);
