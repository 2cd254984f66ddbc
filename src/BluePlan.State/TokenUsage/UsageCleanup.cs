namespace BluePlan.State;

/// <summary>What <see cref="ITokenUsageManager.CleanupAsync"/> did.</summary>
/// <param name="RemovedQuarterHours">How many sums of quarter-hours were removed, each of one model on one day, of a user or of a partition.</param>
/// <param name="KeptMonths">How many sums of months were put by, each of a user or of a partition.</param>
public sealed record UsageCleanup(long RemovedQuarterHours, long KeptMonths);
