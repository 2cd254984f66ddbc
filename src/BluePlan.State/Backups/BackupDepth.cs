namespace BluePlan.State;

/// <summary>How closely a backup is verified. Each depth includes those before it.</summary>
public enum BackupDepth
{
    /// <summary>The manifest is sound, and every chunk is there with its right size. Reads the manifest only.</summary>
    Structure = 0,

    /// <summary>Every chunk is read, its hash compared, every record decoded, and all counts and content hashes of the manifest recomputed.</summary>
    Content = 1,

    /// <summary>It is restored into memory, which must hold it all, and what that store then shows is compared with the manifest.</summary>
    RestoreDrill = 2,
}
