namespace BluePlan.State;

/// <summary>What verifying a backup found.</summary>
/// <param name="BackupId">Which one.</param>
/// <param name="Depth">How closely it was looked at.</param>
/// <param name="Faults">What is wrong; empty = nothing was found at this depth.</param>
/// <param name="BytesRead">How many stored bytes were read and compared.</param>
public sealed record BackupCheck(string BackupId, BackupDepth Depth, IReadOnlyList<BackupFault> Faults, long BytesRead)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Faults.Count == 0;
}
