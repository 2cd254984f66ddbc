namespace BluePlan.State;

/// <summary>
/// Which stored sums answer a question exactly: the sum of a day of the reporting time zone where the whole day falls into one period, its quarter-hours where it is cut, and the sum of
/// a month where days are no longer kept. What none of them answers is refused, never estimated.
/// </summary>
internal sealed class UsagePlan
{
    private UsagePlan() { }

    public List<(DateOnly Day, int Period)> Days { get; } = [];

    public List<DateOnly> CutDays { get; } = [];

    public List<(DateOnly Month, int Period)> Months { get; } = [];

    /// <exception cref="ArgumentOutOfRangeException">The answer is no longer kept.</exception>
    public static UsagePlan For(UsagePeriods periods, UsageCalendar reporting, DateOnly today)
    {
        var plan = new UsagePlan();
        var (begin, end) = (periods.Bounds[0], periods.Bounds[^1]);
        if (begin >= end) return plan;
        // Nothing lies beyond what a record may reach ahead.
        var last = today.AddDays(1 + UsageRetention.Margin);
        for (var day = reporting.DayOf(UsageQuarter.StartOf(begin)); day <= last && Start(reporting, day) is var start && start < end;)
        {
            var next = Start(reporting, day.AddDays(1));
            var period = periods.Find(Math.Max(start, begin));
            var (from, to) = (periods.Bounds[period], periods.Bounds[period + 1]);
            if (day.Day == 1 && day < OldestDay(today) && from <= start && Start(reporting, day.AddMonths(1)) <= to)
            {
                plan.Months.Add((day, period));
                day = day.AddMonths(1);
                continue;
            }
            if (from <= start && next <= to) plan.Days.Add((Kept(day, today), period));
            else plan.CutDays.Add(Cut(day, today, reporting));
            day = day.AddDays(1);
        }
        return plan;
    }

    /// <summary>The days of a range, for what is kept by whole days only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The first is no longer kept.</exception>
    public static List<DateOnly> WholeDays(DateOnly first, DateOnly last, DateOnly today)
    {
        Kept(first, today);
        var days = new List<DateOnly>();
        for (var day = first; day <= last && day <= today.AddDays(1 + UsageRetention.Margin); day = day.AddDays(1)) days.Add(day);
        return days;
    }

    private static DateOnly OldestDay(DateOnly today) => today.AddDays(-UsageRetention.Days);

    private static DateOnly Kept(DateOnly day, DateOnly today, string parameter = "range") => day >= OldestDay(today) ? day
        : throw new ArgumentOutOfRangeException(parameter, day, $"Single days are kept back to {OldestDay(today):yyyy-MM-dd}; before that only the totals and series of whole months of the reporting time zone.");

    private static DateOnly Cut(DateOnly day, DateOnly today, UsageCalendar reporting, string parameter = "range") => day >= today.AddDays(-UsageRetention.QuarterDays) ? day
        : throw new ArgumentOutOfRangeException(parameter, day, $"Quarter-hours are kept for the last {UsageRetention.QuarterDays} days. Before that only whole days of the reporting time zone, {reporting.Zone.Id}, can be told, and this range or interval cuts the day shown.");

    private static long Start(UsageCalendar reporting, DateOnly day) => UsageQuarter.At(reporting.StartOf(day), reporting.Zone);
}
