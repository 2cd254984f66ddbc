namespace BluePlan.State;

/// <summary>Cuts days of a time zone into the points of a series: quarter-hours <c>Bounds[i]</c> to <c>Bounds[i + 1]</c> are point i.</summary>
internal sealed class UsagePeriods
{
    private readonly UsageCalendar _calendar;

    private UsagePeriods(UsageCalendar calendar, List<long> bounds) => (_calendar, Bounds) = (calendar, bounds);

    public IReadOnlyList<long> Bounds { get; }

    public int Count => Bounds.Count - 1;

    public DateTimeOffset StartOf(int period) => _calendar.Local(UsageQuarter.StartOf(Bounds[period]));

    /// <summary>The period that holds a quarter-hour of the range.</summary>
    public int Find(long quarter)
    {
        var (low, high) = (0, Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Bounds[middle] <= quarter) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    /// <summary>All the days as one period.</summary>
    /// <exception cref="ArgumentException">The time zone is off the grid of quarter-hours.</exception>
    public static UsagePeriods Whole(UsageCalendar calendar, DateOnly first, DateOnly last) => new(calendar, [At(calendar, first), At(calendar, last.AddDays(1))]);

    /// <summary>The days in steps.</summary>
    /// <exception cref="ArgumentException">The time zone is off the grid of quarter-hours.</exception>
    public static UsagePeriods Cut(UsageCalendar calendar, DateOnly first, DateOnly last, UsageInterval interval)
    {
        var end = At(calendar, last.AddDays(1));
        var bounds = interval switch
        {
            UsageInterval.QuarterHour => Quarters(At(calendar, first), end),
            UsageInterval.Hour => Hours(calendar, At(calendar, first), end),
            UsageInterval.Day => Days(calendar, first, last),
            UsageInterval.Month => Months(calendar, first, last),
            _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "Unknown interval."),
        };
        // A day that a time zone left out has no length and no point.
        return new(calendar, [.. bounds.Distinct().Where(b => b < end), end]);
    }

    private static IEnumerable<long> Quarters(long quarter, long end)
    {
        for (; quarter < end; quarter++) yield return quarter;
    }

    private static IEnumerable<long> Hours(UsageCalendar calendar, long quarter, long end)
    {
        (DateTime Hour, TimeSpan Offset)? current = null;
        for (; quarter < end; quarter++)
        {
            var local = calendar.Local(UsageQuarter.StartOf(quarter));
            var next = (local.DateTime.AddMinutes(-local.Minute), local.Offset);
            if (next != current) yield return quarter;
            current = next;
        }
    }

    private static IEnumerable<long> Days(UsageCalendar calendar, DateOnly day, DateOnly last)
    {
        for (; day <= last; day = day.AddDays(1)) yield return At(calendar, day);
    }

    private static IEnumerable<long> Months(UsageCalendar calendar, DateOnly day, DateOnly last)
    {
        for (; day <= last; day = UsageRange.FirstOfMonth(day).AddMonths(1)) yield return At(calendar, day);
    }

    private static long At(UsageCalendar calendar, DateOnly day) => UsageQuarter.At(calendar.StartOf(day), calendar.Zone);
}
