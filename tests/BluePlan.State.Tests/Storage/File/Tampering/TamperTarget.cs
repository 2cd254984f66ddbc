namespace BluePlan.State.Tests;

/// <summary>What another process lays hands on.</summary>
public enum TamperTarget
{
    Directory,
    Lock,
    Marker,

    /// <summary>The snapshot, of several the newest.</summary>
    Snapshot,

    /// <summary>The segment of the journal that is being written.</summary>
    Segment,

    /// <summary>The oldest segment of the journal.</summary>
    OldestSegment,
}
