namespace BluePlan.State;

/// <summary>What a restore does to what is there. Both concern only what was selected; everything else stays.</summary>
public enum RestoreMode
{
    /// <summary>What was selected becomes exactly what the backup has of it: keys that the backup does not have are deleted.</summary>
    Replace = 0,

    /// <summary>
    /// Each key of the backup replaces the key of the same name whole; others stay. Listings, such as a user's sessions, are united, so what was made since stays listed.
    /// Sums, such as token totals, are replaced like everything else, not added up.
    /// </summary>
    Merge = 1,
}
