namespace BluePlan.State.Storage;

/// <summary>What a name in a directory leads to.</summary>
internal enum FolderEntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Folder,

    /// <summary>A link, a pipe, a device: nothing that is read, written or followed.</summary>
    Other,
}
