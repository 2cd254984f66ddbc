namespace BluePlan.State;

/// <summary>Quarter-hours since the Unix epoch: the grid on which usage is kept, whatever the time zone.</summary>
internal static class UsageQuarter
{
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    public static long Of(DateTimeOffset instant) => Math.DivRem(instant.ToUnixTimeMilliseconds(), (long)Length.TotalMilliseconds) is var (quarter, rest) && rest < 0 ? quarter - 1 : quarter;

    public static DateTimeOffset StartOf(long quarter) => DateTimeOffset.UnixEpoch + quarter * Length;

    /// <summary>The quarter-hour that begins at the beginning of a day or month of a time zone.</summary>
    /// <exception cref="ArgumentException">None does, since the time zone is off the grid.</exception>
    public static long At(DateTimeOffset boundary, TimeZoneInfo zone) => boundary.UtcTicks % Length.Ticks == 0 ? Of(boundary)
        : throw new ArgumentException($"The time zone {zone.Id} is {boundary.Offset} from UTC at {boundary:O}. Usage is kept by quarter-hours of UTC, so only offsets that are multiples of 15 minutes can be answered exactly.");
}
