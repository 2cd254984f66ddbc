namespace BluePlan.State;

/// <summary>How far a backup, verification, restore or copy has come.</summary>
/// <param name="Stage">What it is at.</param>
/// <param name="Done">How much is done, in the unit of the stage.</param>
/// <param name="Total">How much there is; null = not known beforehand.</param>
public sealed record BackupProgress(BackupStage Stage, long Done, long? Total);
