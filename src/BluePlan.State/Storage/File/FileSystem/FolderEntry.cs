namespace BluePlan.State.Storage;

/// <summary>What stands under a name in a directory.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Length">How long a file is, in bytes.</param>
/// <param name="Modified">When a file was written last.</param>
internal readonly record struct FolderEntry(string Name, FolderEntryKind Kind, long Length, DateTimeOffset Modified);
