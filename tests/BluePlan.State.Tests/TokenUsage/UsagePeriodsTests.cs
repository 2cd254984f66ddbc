using System.Globalization;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class UsagePeriodsTests
{
    private static readonly UsageCalendar NewYork = Calendar("America/New_York");

    [Test]
    public void Cut_HoursOfSpring_LeaveOneOut()
    {
        var periods = Hours(NewYork, new(2026, 3, 8));

        periods.Count.Should().Be(23);
        Clocks(periods, 4).Should().Equal("00:00-05:00", "01:00-05:00", "03:00-04:00", "04:00-04:00");
    }

    [Test]
    public void Cut_HoursOfAutumn_RepeatOne()
    {
        var periods = Hours(NewYork, new(2026, 11, 1));

        periods.Count.Should().Be(25);
        Clocks(periods, 4).Should().Equal("00:00-04:00", "01:00-04:00", "01:00-05:00", "02:00-05:00");
    }

    [Test]
    public void Cut_HoursOfHalfAnHour_AreShort()
    {
        // On Lord Howe Island the clock goes back from 02:00 to 01:30.
        var periods = Hours(Calendar("Australia/Lord_Howe"), new(2026, 4, 5));

        periods.Count.Should().Be(25);
        Clocks(periods, 4).Should().Equal("00:00+11:00", "01:00+11:00", "01:30+10:30", "02:00+10:30");
    }

    [Test]
    public void Cut_DayLeftOut_HasNoPoint()
    {
        var periods = UsagePeriods.Cut(Calendar("Pacific/Apia"), new(2011, 12, 29), new(2011, 12, 31), UsageInterval.Day);

        Enumerable.Range(0, periods.Count).Select(i => periods.StartOf(i).Day).Should().Equal(29, 31);
        UsagePeriods.Cut(Calendar("Pacific/Apia"), new(2011, 12, 30), new(2011, 12, 30), UsageInterval.Day).Count.Should().Be(0);
    }

    [Test]
    public void Cut_Months_BeginWithTheRange()
    {
        var periods = UsagePeriods.Cut(NewYork, new(2026, 1, 30), new(2026, 3, 2), UsageInterval.Month);

        Enumerable.Range(0, periods.Count + 1).Select(i => DateOnly.FromDateTime(periods.StartOf(i).DateTime)).Should().Equal(new(2026, 1, 30), new(2026, 2, 1), new(2026, 3, 1), new(2026, 3, 3));
    }

    [Test]
    public void Find_EveryQuarterHour_IsItsPeriod()
    {
        var periods = UsagePeriods.Cut(NewYork, new(2026, 3, 6), new(2026, 3, 10), UsageInterval.Day);

        for (var quarter = periods.Bounds[0]; quarter < periods.Bounds[^1]; quarter++)
            periods.StartOf(periods.Find(quarter)).Day.Should().Be(NewYork.DayOf(UsageQuarter.StartOf(quarter)).Day);
    }

    [TestCase(0, 0)]
    [TestCase(899_999, 0)]
    [TestCase(900_000, 1)]
    [TestCase(-1, -1)]
    [TestCase(-900_000, -1)]
    public void QuarterOf_Instant_IsRoundedDown(long milliseconds, long quarter) => UsageQuarter.Of(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).Should().Be(quarter);

    private static IEnumerable<string> Clocks(UsagePeriods periods, int count) => Enumerable.Range(0, count).Select(i => periods.StartOf(i).ToString("HH:mmzzz", CultureInfo.InvariantCulture));

    private static UsagePeriods Hours(UsageCalendar calendar, DateOnly day) => UsagePeriods.Cut(calendar, day, day, UsageInterval.Hour);

    private static UsageCalendar Calendar(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone));
}
