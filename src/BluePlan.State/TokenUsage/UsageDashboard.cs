namespace BluePlan.State;

/// <summary>Everyone's usage at a glance, by days of the reporting time zone.</summary>
/// <param name="Day">Which day <paramref name="Today"/> is.</param>
/// <param name="Today">Today up to now.</param>
/// <param name="Yesterday">All of yesterday.</param>
/// <param name="GrowthPercent">By how much today's <see cref="TokenTotals.TotalTokens"/> exceed yesterday's, in percent: −100 when today has none; null when yesterday had none.</param>
/// <param name="UsersToday">How many distinct users today has.</param>
/// <param name="SessionsToday">How many distinct sessions today has.</param>
public sealed record UsageDashboard(DateOnly Day, UsageTotals Today, UsageTotals Yesterday, double? GrowthPercent, long UsersToday, long SessionsToday);
