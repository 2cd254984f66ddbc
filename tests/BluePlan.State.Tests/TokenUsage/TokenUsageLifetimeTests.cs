using BluePlan.State.Conformance;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Years of usage in a store whose clock can be moved: what expires, what stays, what is found at every moment.</summary>
public sealed class TokenUsageLifetimeTests : ManagerFixture<InMemoryHarness>
{
    private ITokenUsageManager Usage => State.TokenUsage;

    private DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    [Test]
    public async Task TwoYears_CleanedUpEveryTenDays_EveryMonthStaysWhatItWas()
    {
        var months = new Dictionary<DateOnly, long>();
        for (var day = 0; day < 730; day++)
        {
            foreach (var user in new[] { "ann", "bob" }) await Usage.RecordAsync(Of($"{day}", user, 1 + day));
            var month = new DateOnly(Today.Year, Today.Month, 1);
            months[month] = months.GetValueOrDefault(month) + 1 + day;
            if (day % 10 == 0) await Usage.CleanupAsync();
            await Harness.AdvanceAsync(TimeSpan.FromDays(1));
        }

        await Compare(UsageScope.User("ann"), 1);
        await Compare(UsageScope.Everyone, 2);
        (await Usage.CountUsersAsync(UsageRange.LastDays(400))).Should().Be(2);
        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.Everyone, UsageRange.Day(Today.AddDays(-401)))).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Harness.AdvanceAsync(TimeSpan.FromDays(500));
        await Usage.CleanupAsync();
        (await ExportAsync()).Select(r => r.Key.Type).Distinct().Should().BeEquivalentTo("usage-settings", "usage-month", "usage-user-month", "usage-cleaned");

        async Task Compare(UsageScope scope, int users)
        {
            var series = await Usage.GetSeriesAsync(scope, UsageRange.Between(months.Keys.Min(), Today), UsageInterval.Month);
            series.Where(p => p.Totals.All.Requests > 0).Select(p => (DateOnly.FromDateTime(p.Start.DateTime), p.Totals.All.InputTokens)).Should().Equal(months.Select(m => (m.Key, users * m.Value)));
            (await Usage.GetTotalsAsync(scope, UsageRange.Between(months.Keys.Min(), Today))).All.Requests.Should().Be(730 * users);
        }
    }

    [Test]
    public async Task RequestId_AfterItsRetention_IsForgotten()
    {
        await Usage.RecordAsync(Of("r", "ann", 1));
        await Harness.AdvanceAsync(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        (await Usage.RecordAsync(Of("r", "ann", 1))).Should().BeFalse();
        (await Usage.ListAsync("ann")).Items.Should().ContainSingle();
        await Harness.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        (await Usage.ListAsync("ann")).Items.Should().BeEmpty();

        (await Usage.RecordAsync(Of("r", "ann", 1))).Should().BeTrue();

        (await Usage.ListAsync("ann")).Items.Should().ContainSingle();
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.LastDays(60))).All.Requests.Should().Be(2);
    }

    [Test]
    public async Task RequestId_UsedAgainWhileTheFirstWaits_CountsBoth([Values(0, 1)] int later)
    {
        var at = Now;
        await Usage.RecordAsync(Of("r", "ann", 1) with { At = at });
        await Harness.AdvanceAsync(TimeSpan.FromDays(30));

        (await Usage.RecordAsync(Of("r", "ann", 1) with { At = at.AddMilliseconds(later) })).Should().BeTrue();

        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.LastDays(60))).All.Requests.Should().Be(2);
    }

    [Test]
    public async Task Session_UsedAgain_IsKeptFromThenOn()
    {
        foreach (var request in new[] { "first", "second" })
        {
            await Usage.RecordAsync(Of(request, "ann", 1) with { SessionId = "s" });
            await Usage.GetSessionTotalsAsync("ann", "s");
            await Harness.AdvanceAsync(TimeSpan.FromDays(399));
        }

        (await Usage.GetSessionTotalsAsync("ann", "s")).All.Requests.Should().Be(2);
        await Harness.AdvanceAsync(TimeSpan.FromDays(4));
        (await Usage.GetSessionTotalsAsync("ann", "s")).All.Requests.Should().Be(0);
    }

    [Test]
    public async Task EverythingButSettings_IsGoneInTheEnd()
    {
        await Usage.RecordAsync(Of("r", "ann", 1) with { SessionId = "s" });
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Requests.Should().Be(1);
        await Harness.AdvanceAsync(TimeSpan.FromDays(401));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastDays(400))).All.Requests.Should().Be(0);
        await Harness.AdvanceAsync(TimeSpan.FromDays(2));

        await Usage.CleanupAsync();

        (await ExportAsync()).Select(r => r.Key.Type).Should().BeEquivalentTo("usage-settings", "usage-cleaned");
    }

    private static TokenUsage Of(string request, string user, long input) => new() { RequestId = request, UserId = user, Model = "m", InputTokens = input };
}
