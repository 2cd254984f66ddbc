namespace BluePlan.State.Storage;

/// <summary>Specifies what opening a store may do.</summary>
public enum StateOpenMode
{
    /// <summary>Opens the store, and creates it if it does not exist.</summary>
    Create = 0,

    /// <summary>Opens the store only if it exists. Nothing is created, not even a directory.</summary>
    ExistingOnly = 1,

    /// <summary>
    /// Opens an existing store without writing to it. Commits and imports are refused, and reads do not slide an
    /// expiry. A file store can be opened beside the process that owns it. Needs
    /// <see cref="StateCapabilities.ReadOnlyOpen"/>.
    /// </summary>
    ReadOnly = 2,
}
