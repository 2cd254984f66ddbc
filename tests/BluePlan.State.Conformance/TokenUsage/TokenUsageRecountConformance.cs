using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Random usage of 45 days against a recount, for each reporting time zone in all time zones, across a change of clocks.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsageRecountConformance<THarness> : TokenUsageFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const int Users = 25;

    private static readonly string[] Zones = ["UTC", "Asia/Shanghai", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"];

    private UsageRecount _recount = null!;
    private TimeZoneInfo _reporting = TimeZoneInfo.Utc;

    private DateOnly TodayIn(TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Clock.Now, zone).DateTime);

    [TestCaseSource(nameof(Zones))]
    public async Task Everything_RandomUsage_IsWhatARecountSays(string reporting)
    {
        await StartAsync(builder => builder.Configure(options => options.TokenUsage.ReportingTimeZone = reporting));
        _reporting = TimeZoneInfo.FindSystemTimeZoneById(reporting);
        MoveBehindClockChange(TimeZoneInfo.FindSystemTimeZoneById("America/New_York"), 20);
        _recount = UsageRecount.Random(seed: 7, count: 500, users: Users, days: 45, until: Clock.Now);
        await Parallel.ForEachAsync(_recount.Records, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (record, token) => (await Usage.RecordAsync(record, token)).Should().BeTrue());

        await CompareWholeDaysAsync();
        foreach (var zone in Zones) await CompareZoneAsync(TimeZoneInfo.FindSystemTimeZoneById(zone));
        await Usage.CleanupAsync();
        await CompareWholeDaysAsync();
        await CompareZoneAsync(_reporting);
        await CompareListingAsync("user1");
    }

    private async Task CompareWholeDaysAsync()
    {
        var today = TodayIn(_reporting);
        foreach (var (first, last) in new[] { (today, today), (today.AddDays(-1), today.AddDays(-1)), (today.AddDays(-20), today.AddDays(-20)), (today.AddDays(-6), today), (today.AddDays(-45), today), (today.AddDays(-40), today.AddDays(-10)) })
        {
            var range = UsageRange.Between(first, last);
            var ranking = _recount.Ranking(first, last, _reporting).ToArray();
            (await Usage.GetRankingAsync(range, 5)).Select(u => (u.UserId, u.TotalTokens)).Should().Equal(ranking.Take(5));
            (await Usage.GetRankingAsync(range, 1000)).Select(u => (u.UserId, u.TotalTokens)).Should().Equal(ranking);
            (await Usage.CountUsersAsync(range)).Should().Be(ranking.Length);
            (await Usage.CountSessionsAsync(UsageScope.Everyone, range)).Should().Be(_recount.Sessions(null, first, last, _reporting));
            (await Usage.CountSessionsAsync(UsageScope.User("user0"), range)).Should().Be(_recount.Sessions("user0", first, last, _reporting));
            (await Usage.GetTotalsAsync(UsageScope.Everyone, range)).ByModel.Should().Equal(_recount.Totals(null, first, last, _reporting));
            foreach (var user in new[] { "user0", "user3", "user24" })
                (await Usage.GetTotalsAsync(UsageScope.User(user), range)).ByModel.Should().Equal(_recount.Totals(user, first, last, _reporting));
        }
        await CompareSeriesAsync(null, today.AddDays(-45), today, _reporting, UsageInterval.Day);
        await CompareSeriesAsync(null, today.AddDays(-45), today, _reporting, UsageInterval.Month);
        await CompareSeriesAsync("user0", today.AddDays(-45), today, _reporting, UsageInterval.Day);
        (await Usage.GetSessionTotalsAsync("user0", "session2")).ByModel.Should().Equal(_recount.Session("user0", "session2"));
    }

    private async Task CompareZoneAsync(TimeZoneInfo zone)
    {
        var today = TodayIn(zone);
        foreach (var interval in Enum.GetValues<UsageInterval>())
        {
            await CompareSeriesAsync(null, today.AddDays(-31), today, zone, interval);
            await CompareSeriesAsync("user0", today.AddDays(-31), today, zone, interval);
        }
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastDays(7) with { Zone = zone })).ByModel.Should().Equal(_recount.Totals(null, today.AddDays(-6), today, zone));
    }

    private async Task CompareSeriesAsync(string? user, DateOnly first, DateOnly last, TimeZoneInfo zone, UsageInterval interval)
    {
        var scope = user is null ? UsageScope.Everyone : UsageScope.User(user);
        var range = UsageRange.Between(first, last) with { Zone = zone };
        var expected = _recount.Series(user, first, last, zone, interval);

        var series = await Usage.GetSeriesAsync(scope, range, interval);

        series.Select(p => (p.Start, p.Start.Offset)).Should().Equal(expected.Select(e => (e.Start, e.Start.Offset)));
        foreach (var (point, e) in series.Zip(expected)) point.Totals.ByModel.Should().Equal(e.ByModel, "point {0:O} of {1} in {2}", point.Start, interval, zone.Id);
        var sum = series.Aggregate(default(TokenTotals), (s, p) => s + p.Totals.All);
        (await Usage.GetTotalsAsync(scope, range)).All.Should().Be(sum);
    }

    private async Task CompareListingAsync(string user)
    {
        var expected = _recount.Records.Where(r => r.UserId == user && r.At >= Clock.Now.AddDays(-30)).OrderByDescending(r => r.At).Select(r => r.RequestId);
        (await Usage.ListAsync(user, 1000)).Items.Select(r => r.RequestId).Should().Equal(expected);
    }
}
