namespace BluePlan.State;

/// <summary>Whole days, first and last with, of the calendar of a time zone.</summary>
public sealed record UsageRange
{
    internal const int MaximumDays = UsageRetention.Days;
    internal const int MaximumMonths = 12 * UsageRetention.MonthYears;

    private UsageRange() { }

    private int Days { get; init; }

    private int Months { get; init; }

    private DateOnly First { get; init; }

    private DateOnly Last { get; init; }

    /// <summary>Whose calendar is meant; null = the store's reporting time zone, see <see cref="TokenUsageManagerOptions.ReportingTimeZone"/>. For instance <c>UsageRange.Today with { Zone = zone }</c>.</summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>Today.</summary>
    public static UsageRange Today { get; } = LastDays(1);

    /// <summary>The last so many days, today with.</summary>
    /// <param name="days">1 to 400.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below 1 or above 400.</exception>
    public static UsageRange LastDays(int days) => new() { Days = Check(days, MaximumDays, nameof(days)) };

    /// <summary>The last so many months up to today, this month with.</summary>
    /// <param name="months">1 to 120.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below 1 or above 120.</exception>
    public static UsageRange LastMonths(int months) => new() { Months = Check(months, MaximumMonths, nameof(months)) };

    /// <summary>One day.</summary>
    public static UsageRange Day(DateOnly day) => Between(day, day);

    /// <summary>From one day to another, both with.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="last"/> lies before <paramref name="first"/>.</exception>
    public static UsageRange Between(DateOnly first, DateOnly last) => last >= first ? new() { First = first, Last = last }
        : throw new ArgumentOutOfRangeException(nameof(last), last, $"The last day lies before the first, {first:O}.");

    /// <summary>The days that are meant when it is <paramref name="today"/> in the range's time zone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They reach back more than ten years or ahead more than a year.</exception>
    internal (DateOnly First, DateOnly Last) Resolve(DateOnly today, string parameter = "range")
    {
        var (first, last) = this switch
        {
            { Days: > 0 } => (today.AddDays(1 - Days), today),
            { Months: > 0 } => (FirstOfMonth(today).AddMonths(1 - Months), today),
            _ => (First, Last),
        };
        if (first < FirstOfMonth(today).AddMonths(-MaximumMonths)) throw new ArgumentOutOfRangeException(parameter, first, $"Usage is kept for at most {UsageRetention.MonthYears} years.");
        if (last > today.AddDays(UsageRetention.AskAheadDays)) throw new ArgumentOutOfRangeException(parameter, last, $"A range reaches at most {UsageRetention.AskAheadDays} days ahead.");
        return (first, last);
    }

    internal static DateOnly FirstOfMonth(DateOnly day) => day.AddDays(1 - day.Day);

    private static int Check(int count, int most, string parameter) => count >= 1 && count <= most ? count
        : throw new ArgumentOutOfRangeException(parameter, count, $"It is 1 to {most}.");
}
