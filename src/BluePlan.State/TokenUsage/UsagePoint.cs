namespace BluePlan.State;

/// <summary>One point of a series, see <see cref="ITokenUsageManager.GetSeriesAsync"/>.</summary>
/// <param name="Start">Where it begins, with the offset that the range's time zone has then.</param>
/// <param name="End">Where it ends and the next one begins.</param>
/// <param name="Totals">What was used from <paramref name="Start"/> on and before <paramref name="End"/>; zero when nothing was.</param>
public sealed record UsagePoint(DateTimeOffset Start, DateTimeOffset End, UsageTotals Totals);
