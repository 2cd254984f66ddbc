namespace BluePlan.State.Storage;

/// <summary>What an import does to what is there.</summary>
public enum StateImportMode
{
    /// <summary>Each imported key replaces the key of the same name whole; all other keys stay.</summary>
    Merge = 0,

    /// <summary>The store becomes exactly the import.</summary>
    Replace = 1,
}
