namespace BluePlan.State.Tests;

/// <summary>The calls that a <see cref="SimulatedDisk"/> takes.</summary>
public enum DiskCall
{
    CreateDirectory,
    List,
    Create,
    Open,
    OpenRead,
    Read,
    Write,
    Flush,
    Truncate,
    Preallocate,
    Rename,
    Delete,
    FlushDirectory,
    Lock,
    Prove,
}
