namespace BluePlan.State;

/// <summary>The days of a time zone, so that every instant lies in exactly one, also where clocks are changed at midnight or a day is left out.</summary>
internal sealed class UsageCalendar(TimeZoneInfo zone)
{
    private const int Remembered = 512;

    // Every record asks for the same few days again and again, and a time zone's rules are slow to go through. A day's slot holds it, or another one.
    private readonly Start?[] _starts = new Start?[Remembered];
    private volatile Day? _latest;

    public TimeZoneInfo Zone => zone;

    /// <summary>The first instant of a day, with the offset it has then.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        ref var slot = ref _starts[day.DayNumber % Remembered];
        var start = Volatile.Read(ref slot);
        if (start?.Date != day) Volatile.Write(ref slot, start = new(day, FindStart(day)));
        return start.Instant;
    }

    private DateTimeOffset FindStart(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        // Where midnight happens twice, the day begins at the first of them: the one with the greater offset.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        var start = new DateTimeOffset(midnight, offset);
        return Local(start).DateTime == midnight ? start : After(midnight, start);
    }

    public DateOnly DayOf(DateTimeOffset instant)
    {
        if (_latest is { } latest && latest.Start <= instant && instant < latest.End) return latest.Date;
        var date = DateOnly.FromDateTime(Local(instant).DateTime);
        while (instant < StartOf(date)) date = date.AddDays(-1);
        while (instant >= StartOf(date.AddDays(1))) date = date.AddDays(1);
        _latest = new(date, StartOf(date), StartOf(date.AddDays(1)));
        return date;
    }

    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone);

    /// <summary>Midnight is left out: the day begins where the clock lands, which is found to the minute by halving two days.</summary>
    private DateTimeOffset After(DateTime midnight, DateTimeOffset about)
    {
        var (before, after) = (about.AddDays(-1), about.AddDays(1));
        while (after - before > TimeSpan.FromMinutes(1))
        {
            var middle = before + TimeSpan.FromMinutes((long)((after - before).TotalMinutes / 2));
            if (Local(middle).DateTime < midnight) before = middle;
            else after = middle;
        }
        return Local(after);
    }

    private sealed record Start(DateOnly Date, DateTimeOffset Instant);

    private sealed record Day(DateOnly Date, DateTimeOffset Start, DateTimeOffset End);
}
