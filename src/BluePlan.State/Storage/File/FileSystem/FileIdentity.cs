namespace BluePlan.State.Storage;

/// <summary>What tells a file or directory from every other one on this machine, as long as it exists.</summary>
/// <param name="Volume">The device or volume.</param>
/// <param name="Number">The number of its inode, or its index on the volume.</param>
internal readonly record struct FileIdentity(ulong Volume, ulong Number);
