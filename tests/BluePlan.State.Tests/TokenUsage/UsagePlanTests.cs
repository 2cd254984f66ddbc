using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class UsagePlanTests
{
    private static readonly DateOnly Today = new(2026, 6, 15);
    private static readonly UsageCalendar Utc = new(TimeZoneInfo.Utc);
    private static readonly UsageCalendar Shanghai = new(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
    private static readonly UsageCalendar Manila = new(TimeZoneInfo.FindSystemTimeZoneById("Asia/Manila"));

    [Test]
    public void For_OwnZone_TakesWholeDays()
    {
        var plan = UsagePlan.For(UsagePeriods.Whole(Utc, Today.AddDays(-400), Today), Utc, Today);

        (plan.Days.Count, plan.CutDays.Count, plan.Months.Count).Should().Be((401, 0, 0));
    }

    [Test]
    public void For_OtherZone_CutsOnlyFirstAndLastDay()
    {
        var plan = UsagePlan.For(UsagePeriods.Whole(Shanghai, Today.AddDays(-6), Today), Utc, Today);

        plan.CutDays.Should().Equal(Today.AddDays(-7), Today);
        plan.Days.Should().HaveCount(6);
    }

    [Test]
    public void For_OtherZoneOfTheSameOffset_TakesWholeDays()
    {
        var plan = UsagePlan.For(UsagePeriods.Whole(Manila, Today.AddDays(-300), Today), Shanghai, Today);

        (plan.Days.Count, plan.CutDays.Count).Should().Be((301, 0));
    }

    [Test]
    public void For_DaysOfOtherZone_CutsEveryDay()
    {
        var plan = UsagePlan.For(UsagePeriods.Cut(Shanghai, Today.AddDays(-31), Today, UsageInterval.Day), Utc, Today);

        plan.CutDays.Should().Equal(Enumerable.Range(0, 33).Select(i => Today.AddDays(i - 32)));
        plan.Days.Should().BeEmpty();
    }

    [Test]
    public void For_YearsOfMonths_TakesMonthsWhereDaysAreGone()
    {
        // 400 days before 2026-06-15 is 2025-05-11, so May 2025 is the last month that lost days.
        var plan = UsagePlan.For(UsagePeriods.Cut(Utc, new(2024, 1, 1), Today, UsageInterval.Month), Utc, Today);

        plan.Months.Select(m => m.Month).Should().Equal(Enumerable.Range(0, 17).Select(new DateOnly(2024, 1, 1).AddMonths));
        plan.Months.Select(m => m.Period).Should().Equal(Enumerable.Range(0, 17));
        plan.Days[0].Should().Be((new(2025, 6, 1), 17));
        plan.Days.Should().HaveCount(Today.DayNumber - new DateOnly(2025, 6, 1).DayNumber + 1);
    }

    [Test]
    public void For_MonthThatBeginsWithTheOldestDay_TakesItsDays()
    {
        // 400 days before 2026-06-05 is 2025-05-01.
        var plan = UsagePlan.For(UsagePeriods.Cut(Utc, new(2025, 4, 1), new(2025, 5, 31), UsageInterval.Month), Utc, new(2026, 6, 5));

        plan.Months.Should().Equal((new DateOnly(2025, 4, 1), 0));
        plan.Days.Should().Equal(Enumerable.Range(0, 31).Select(i => (new DateOnly(2025, 5, 1).AddDays(i), 1)));
    }

    [Test]
    public void For_YearsOfMonthsAsOneTotal_TakesThemToo()
    {
        var plan = UsagePlan.For(UsagePeriods.Whole(Utc, new(2024, 1, 1), new(2025, 5, 31)), Utc, Today);

        (plan.Months.Count, plan.Days.Count).Should().Be((17, 0));
    }

    [Test]
    public void For_PartOfAMonthThatLostDays_IsRefused()
    {
        FluentActions.Invoking(() => UsagePlan.For(UsagePeriods.Whole(Utc, new(2025, 5, 2), Today), Utc, Today)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*2025-05-11*");
        FluentActions.Invoking(() => UsagePlan.For(UsagePeriods.Whole(Utc, new(2025, 4, 1), new(2025, 4, 29)), Utc, Today)).Should().Throw<ArgumentOutOfRangeException>();
        UsagePlan.For(UsagePeriods.Whole(Utc, new(2025, 5, 11), Today), Utc, Today).Days.Should().HaveCount(401);
    }

    [Test]
    public void For_TheFuture_AsksNothing()
    {
        var plan = UsagePlan.For(UsagePeriods.Cut(Utc, Today.AddDays(10), Today.AddDays(300), UsageInterval.Hour), Utc, Today);

        (plan.Days.Count, plan.CutDays.Count, plan.Months.Count).Should().Be((0, 0, 0));
    }
}
