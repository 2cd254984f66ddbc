using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Totals and series over ranges, in the reporting time zone and in others.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsageTotalsConformance<THarness> : TokenUsageFixture<THarness> where THarness : StateProviderHarness, new()
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
    private static readonly TimeZoneInfo LordHowe = TimeZoneInfo.FindSystemTimeZoneById("Australia/Lord_Howe");
    private static readonly TimeZoneInfo OffGrid = TimeZoneInfo.CreateCustomTimeZone("Off/Grid", TimeSpan.FromMinutes(7), "Off", "Off");

    private DateTimeOffset At(int days, double hours) => new DateTimeOffset(Clock.Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(days).AddHours(hours);

    [Test]
    public async Task GetTotalsAsync_Ranges_HoldTheirDays()
    {
        await Usage.RecordAsync(Of("a", input: 1, at: At(0, 0)));
        await Usage.RecordAsync(Of("b", input: 10, at: At(0, 0).AddMilliseconds(-1)));
        await Usage.RecordAsync(Of("c", "bob", "m2", input: 100, at: At(-6, 0)));
        await Usage.RecordAsync(Of("d", input: 1000, at: At(-7, 23.99)));
        await Usage.RecordAsync(Of("e", input: 10000, at: At(1, 0)));

        (await TotalsAsync(UsageScope.Everyone, UsageRange.Today)).Should().Be(1);
        (await TotalsAsync(UsageScope.Everyone, UsageRange.Day(Today.AddDays(-1)))).Should().Be(10);
        (await TotalsAsync(UsageScope.Everyone, UsageRange.LastDays(7))).Should().Be(111);
        (await TotalsAsync(UsageScope.Everyone, UsageRange.LastDays(8))).Should().Be(1111);
        (await TotalsAsync(UsageScope.User("ann"), UsageRange.LastDays(8))).Should().Be(1011);
        (await TotalsAsync(UsageScope.User("bob"), UsageRange.Between(Today.AddDays(-6), Today.AddDays(-6)))).Should().Be(100);
        (await TotalsAsync(UsageScope.Everyone, UsageRange.Between(Today.AddDays(-1), Today.AddDays(1)))).Should().Be(10011);
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastDays(8))).ByModel["m2"].Should().Be(Totals(1, 100, 5));
    }

    [Test]
    public async Task GetTotalsAsync_OtherZone_HoldsThatZonesDay()
    {
        // Noon UTC is 20:00 in Shanghai, whose today began at 16:00 UTC yesterday.
        await Usage.RecordAsync(Of("a", input: 1, at: At(-1, 16)));
        await Usage.RecordAsync(Of("b", input: 10, at: At(-1, 16).AddMilliseconds(-1)));
        await Usage.RecordAsync(Of("c", input: 100, at: At(0, 15.99)));
        await Usage.RecordAsync(Of("d", input: 1000, at: At(0, 16)));
        var today = UsageRange.Today with { Zone = Shanghai };

        (await TotalsAsync(UsageScope.Everyone, today)).Should().Be(101);
        (await TotalsAsync(UsageScope.User("ann"), today)).Should().Be(101);
        (await TotalsAsync(UsageScope.Everyone, UsageRange.LastDays(2) with { Zone = Shanghai })).Should().Be(111);
        (await TotalsAsync(UsageScope.Everyone, UsageRange.LastDays(32) with { Zone = Shanghai })).Should().Be(111);
    }

    [Test]
    public async Task GetTotalsAsync_OtherZoneBeyondQuarterHours_IsRefused()
    {
        var range = UsageRange.LastDays(34) with { Zone = Shanghai };

        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.Everyone, range)).Should().ThrowAsync<ArgumentOutOfRangeException>().WithMessage("*32 days*UTC*");
        await Usage.Invoking(u => u.GetSeriesAsync(UsageScope.Everyone, range, UsageInterval.Day)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Usage.Invoking(u => u.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(34), UsageInterval.Hour)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        (await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(34), UsageInterval.Day)).Should().HaveCount(34);
    }

    [Test]
    public async Task GetTotalsAsync_ZoneOffTheGrid_IsRefused()
    {
        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today with { Zone = OffGrid })).Should().ThrowAsync<ArgumentException>().WithMessage("*Off/Grid*15 minutes*");
    }

    [Test]
    public async Task GetTotalsAsync_BeyondWhatIsKept_IsRefused()
    {
        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.Everyone, UsageRange.Between(Today.AddDays(-401), Today))).Should().ThrowAsync<ArgumentOutOfRangeException>().WithMessage("*whole months*");
        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.Everyone, UsageRange.Between(DateOnly.MinValue, Today))).Should().ThrowAsync<ArgumentOutOfRangeException>().WithMessage("*10 years*");
        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.Everyone, UsageRange.Between(Today, DateOnly.MaxValue))).Should().ThrowAsync<ArgumentOutOfRangeException>().WithMessage("*ahead*");
        await Usage.Invoking(u => u.CountUsersAsync(UsageRange.LastMonths(20))).Should().ThrowAsync<ArgumentOutOfRangeException>();
        (await TotalsAsync(UsageScope.Everyone, UsageRange.LastDays(400))).Should().Be(0);
    }

    [Test]
    public async Task GetTotalsAsync_ThirtyDays_ReadsInFewBatches()
    {
        for (var day = 0; day < 30; day++) await Usage.RecordAsync(Of($"r{day}", at: At(-day, 6)));
        Provider.ResetCounts();

        (await TotalsAsync(UsageScope.User("ann"), UsageRange.LastDays(30))).Should().Be(300);
        Provider.Reads.Should().Be(3, "what waits to be posted is asked for first");
        Provider.ResetCounts();
        (await TotalsAsync(UsageScope.Everyone, UsageRange.LastDays(30))).Should().Be(300);
        Provider.Reads.Should().BeLessThanOrEqualTo(5, "what waits, 960 indexes of models, then the sums of what was seen, 512 at a time");
    }

    [Test]
    public async Task GetSeriesAsync_Hours_HaveNoGapsAndAddUp()
    {
        await Usage.RecordAsync(Of("a", input: 1, at: At(-1, 0)));
        await Usage.RecordAsync(Of("b", input: 2, at: At(-1, 23.999)));
        await Usage.RecordAsync(Of("c", input: 4, at: At(0, 11.5)));

        var series = await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(2), UsageInterval.Hour);

        series.Should().HaveCount(48);
        series.Select(p => p.Start).Should().Equal(Enumerable.Range(0, 48).Select(h => At(-1, h)));
        series.Select(p => p.End).Should().Equal(Enumerable.Range(1, 48).Select(h => At(-1, h)));
        series.Select((p, at) => (at, p.Totals.All.InputTokens)).Where(p => p.InputTokens > 0).Should().Equal((0, 1L), (23, 2L), (35, 4L));
        (await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(2), UsageInterval.QuarterHour)).Should().HaveCount(192).And.Subject.Sum(p => p.Totals.All.InputTokens).Should().Be(7);
    }

    [Test]
    public async Task GetSeriesAsync_Months_AreSumsOfDays()
    {
        var first = new DateOnly(Today.Year, Today.Month, 1);
        for (var day = first.AddMonths(-2); day <= Today; day = day.AddDays(5)) await Usage.RecordAsync(Of($"r{day}", input: day.Month, at: new(day, new(3, 0), TimeSpan.Zero)));

        var series = await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastMonths(3), UsageInterval.Month);

        series.Select(p => DateOnly.FromDateTime(p.Start.DateTime)).Should().Equal(first.AddMonths(-2), first.AddMonths(-1), first);
        foreach (var (point, month) in series.Zip([first.AddMonths(-2), first.AddMonths(-1), first]))
        {
            var days = Enumerable.Range(0, 100).Select(i => first.AddMonths(-2).AddDays(5 * i)).Count(d => d <= Today && d.Year == month.Year && d.Month == month.Month);
            point.Totals.All.Should().Be(Totals(days, days * month.Month, 5 * days));
        }
        (await TotalsAsync(UsageScope.Everyone, UsageRange.LastMonths(3))).Should().Be(series.Sum(p => p.Totals.All.InputTokens));
    }

    [TestCase("America/New_York")]
    [TestCase("Australia/Lord_Howe")]
    public async Task GetSeriesAsync_ClockChange_DaysAndHoursAreAsLongAsTheyAre(string zoneId)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var change = MoveBehindClockChange(zone, 3);
        var (start, end) = (MidnightOf(change, zone), MidnightOf(change.AddDays(1), zone));
        var length = end - start;
        length.Should().NotBe(TimeSpan.FromHours(24));
        for (var (at, n) = (start, 0); at < end; at = at.AddMinutes(30)) await Usage.RecordAsync(Of($"r{n++}", input: 1, output: 0, at: at));
        await Usage.RecordAsync(Of("before", input: 1000, at: start.AddMilliseconds(-1)));
        await Usage.RecordAsync(Of("behind", input: 1000, at: end));
        var day = UsageRange.Day(change) with { Zone = zone };

        (await TotalsAsync(UsageScope.Everyone, day)).Should().Be((long)(2 * length.TotalHours));
        (await Usage.GetSeriesAsync(UsageScope.Everyone, day, UsageInterval.Day)).Single().Should().Match<UsagePoint>(p => p.Start == start && p.End == end && p.Start.Offset != p.End.Offset);
        var hours = await Usage.GetSeriesAsync(UsageScope.Everyone, day, UsageInterval.Hour);
        hours.Should().HaveCount((int)Math.Ceiling(length.TotalHours)).And.OnlyContain(p => p.Totals.All.InputTokens == (long)((p.End - p.Start).TotalMinutes / 30));
        hours.Zip(hours.Skip(1)).Should().OnlyContain(p => p.First.End == p.Second.Start);
        (hours[0].Start, hours[^1].End).Should().Be((start, end));
        (await Usage.GetSeriesAsync(UsageScope.User("ann"), day, UsageInterval.QuarterHour)).Should().HaveCount((int)(4 * length.TotalHours));
    }

    [Test]
    public async Task GetTotalsAsync_ReportingZoneWithClockChange_HoldsThatZonesDays()
    {
        await StartAsync(builder => builder.Configure(options => options.TokenUsage.ReportingTimeZone = NewYork.Id));
        var change = MoveBehindClockChange(NewYork, 3);
        var (start, end) = (MidnightOf(change, NewYork), MidnightOf(change.AddDays(1), NewYork));
        await Usage.RecordAsync(Of("a", "ann", input: 1, at: start.AddMilliseconds(-1)));
        await Usage.RecordAsync(Of("b", "bob", input: 10, at: start));
        await Usage.RecordAsync(Of("c", "cid", input: 100, at: end.AddMilliseconds(-1)));
        await Usage.RecordAsync(Of("d", "dan", input: 1000, at: end));

        (await TotalsAsync(UsageScope.Everyone, UsageRange.Day(change))).Should().Be(110);
        (await Usage.CountUsersAsync(UsageRange.Day(change))).Should().Be(2);
        (await Usage.GetRankingAsync(UsageRange.Day(change))).Select(u => u.UserId).Should().Equal("cid", "bob");
        (await TotalsAsync(UsageScope.Everyone, UsageRange.Between(change.AddDays(-1), change.AddDays(1)))).Should().Be(1111);
        (await TotalsAsync(UsageScope.Everyone, UsageRange.Between(change.AddDays(-1), change.AddDays(1)) with { Zone = LordHowe })).Should().BeGreaterThan(0);
    }

    [Test]
    public async Task ReportingTimeZone_AnotherThanTheStoreBeganWith_IsRefused()
    {
        await Usage.RecordAsync(Of("r"));
        var other = await JoinAsync(builder => builder.Configure(options => options.TokenUsage.ReportingTimeZone = "Asia/Shanghai"));

        await other.TokenUsage.Invoking(u => u.RecordAsync(Of("r2"))).Should().ThrowAsync<StateOpenException>().WithMessage("*UTC*ReportingTimeZone*Asia/Shanghai*");
        await other.TokenUsage.Invoking(u => u.GetDashboardAsync()).Should().ThrowAsync<StateOpenException>();
        await other.TokenUsage.Invoking(u => u.CountUsersAsync(UsageRange.Today)).Should().ThrowAsync<StateOpenException>();
        await other.TokenUsage.Invoking(u => u.CleanupAsync()).Should().ThrowAsync<StateOpenException>();
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Requests.Should().Be(1);
        (await other.ForTenant("new").TokenUsage.RecordAsync(Of("r"))).Should().BeTrue("that tenant begins with it");
    }

    [Test]
    public async Task GetTotalsAsync_ModelAppears_IsCountedAndFromThenOnAskedForAtOnce()
    {
        await Usage.RecordAsync(Of("a", "ann", "m1", input: 150, output: 0, at: At(0, 1)));
        await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today);
        await Usage.RecordAsync(Of("b", "ann", "m2", input: 1, output: 2, at: At(0, 2)));

        Provider.ResetCounts();
        var first = await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today);
        var readsOfFirst = Provider.Reads;
        var second = await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today);

        (readsOfFirst, Provider.Reads - readsOfFirst).Should().Be((3, 2), "what waits to be posted, the models that are known with the names of all, and at first the one that is not known");
        first.ByModel.Should().Equal(new Dictionary<string, TokenTotals> { ["m1"] = Totals(1, 150, 0), ["m2"] = Totals(1, 1, 2) });
        second.Should().BeEquivalentTo(first);
    }

    [Test]
    public async Task GetDashboardAsync_TwoDays_ShowsGrowth()
    {
        await Usage.RecordAsync(Of("a", "ann", "m1", input: 150, output: 0, sessionId: "s1", at: At(0, 1)));
        await Usage.RecordAsync(Of("b", "bob", "m2", input: 100, output: 50, sessionId: "s1", at: At(0, 2)));
        await Usage.RecordAsync(Of("c", "ann", "m1", input: 0, output: 0, sessionId: "s2", at: At(0, 3)));
        (await Usage.GetDashboardAsync()).GrowthPercent.Should().BeNull();
        await Usage.RecordAsync(Of("d", "cid", "m1", input: 200, output: 40, sessionId: "s3", at: At(-1, 2)));

        Provider.ResetCounts();
        var dashboard = await Usage.GetDashboardAsync();

        Provider.Reads.Should().Be(3, "what waits to be posted, then the sums, then the counts");
        dashboard.Day.Should().Be(Today);
        dashboard.Today.All.Should().Be(Totals(3, 250, 50));
        dashboard.Today.ByModel.Should().Equal(new Dictionary<string, TokenTotals> { ["m1"] = Totals(2, 150, 0), ["m2"] = Totals(1, 100, 50) });
        dashboard.Yesterday.All.Should().Be(Totals(1, 200, 40));
        dashboard.GrowthPercent.Should().BeApproximately(25, 1e-9);
        dashboard.UsersToday.Should().Be(2);
        dashboard.SessionsToday.Should().Be(3);
    }

    private async Task<long> TotalsAsync(UsageScope scope, UsageRange range) => (await Usage.GetTotalsAsync(scope, range)).All.InputTokens;

    private static DateTimeOffset MidnightOf(DateOnly day, TimeZoneInfo zone) => new(day, TimeOnly.MinValue, zone.GetUtcOffset(day.ToDateTime(TimeOnly.MinValue)));
}
