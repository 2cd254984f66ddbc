namespace BluePlan.State.Tests;

/// <summary>What another process does.</summary>
public enum TamperWay
{
    /// <summary>Removes it.</summary>
    Removed,

    /// <summary>Renames it.</summary>
    Renamed,

    /// <summary>Puts another one in its place.</summary>
    Replaced,

    /// <summary>Puts a copy in its place.</summary>
    Copied,

    /// <summary>Puts a symbolic link to another one in its place.</summary>
    Linked,
}
