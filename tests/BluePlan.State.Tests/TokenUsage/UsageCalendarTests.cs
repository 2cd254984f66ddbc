using System.Globalization;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class UsageCalendarTests
{
    [TestCase("UTC", "2026-03-08", "2026-03-08T00:00:00+00:00")]
    [TestCase("Asia/Kolkata", "2026-03-08", "2026-03-08T00:00:00+05:30")]
    [TestCase("America/New_York", "2026-03-08", "2026-03-08T00:00:00-05:00")]
    [TestCase("America/New_York", "2026-03-09", "2026-03-09T00:00:00-04:00")]
    [TestCase("America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00", Description = "midnight is left out")]
    [TestCase("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00", Description = "midnight comes twice: the first")]
    [TestCase("Australia/Lord_Howe", "2026-04-06", "2026-04-06T00:00:00+10:30")]
    [TestCase("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", Description = "the day was left out")]
    public void StartOf_Day_IsItsFirstInstant(string zone, string day, string start)
    {
        var found = Calendar(zone).StartOf(DateOnly.Parse(day, CultureInfo.InvariantCulture));

        found.Should().Be(DateTimeOffset.Parse(start, CultureInfo.InvariantCulture));
        found.Offset.Should().Be(DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).Offset);
    }

    [TestCase("UTC")]
    [TestCase("Asia/Shanghai")]
    [TestCase("America/New_York")]
    [TestCase("America/Havana")]
    [TestCase("America/St_Johns")]
    [TestCase("Australia/Lord_Howe")]
    [TestCase("Asia/Kathmandu")]
    [TestCase("Pacific/Chatham")]
    [TestCase("Africa/Cairo")]
    [TestCase("Africa/Casablanca")]
    [TestCase("America/Santiago")]
    [TestCase("Pacific/Apia")]
    public void DayOf_EveryQuarterHourOfYears_LiesInTheDayThatTheClockShows(string zoneId)
    {
        var (calendar, zone) = (Calendar(zoneId), TimeZoneInfo.FindSystemTimeZoneById(zoneId));
        var wrong = new List<DateTimeOffset>();
        for (var at = new DateTimeOffset(2011, 10, 1, 0, 0, 0, TimeSpan.Zero); at.Year < 2014; at = at.AddMinutes(15)) Check(at);
        for (var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero); at.Year < 2028; at = at.AddMinutes(15)) Check(at);

        wrong.Should().BeEmpty();

        void Check(DateTimeOffset at)
        {
            var day = calendar.DayOf(at);
            if (day != DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime) || at < calendar.StartOf(day) || at >= calendar.StartOf(day.AddDays(1))) wrong.Add(at);
        }
    }

    [Test]
    public void DayOf_MidnightTwiceOnTwoDates_StaysWithOneDay()
    {
        // Until 2011 St. John's turned its clocks back at 00:01, to 23:01 of the day before: a minute of the new date, then an hour of the old one.
        var calendar = Calendar("America/St_Johns");
        var start = calendar.StartOf(new(2010, 11, 7));

        Enumerable.Range(-120, 240).Select(minutes => calendar.DayOf(start.AddMinutes(minutes)).Day).Should().Equal(Enumerable.Repeat(6, 120).Concat(Enumerable.Repeat(7, 120)));
    }

    private static UsageCalendar Calendar(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone));
}
