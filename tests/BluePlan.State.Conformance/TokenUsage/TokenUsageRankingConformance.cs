using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Rankings, distinct users and sessions, and the listing of single records.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsageRankingConformance<THarness> : TokenUsageFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task GetRankingAsync_Range_IsNotTheMergeOfDailyTops()
    {
        // Never first on any day, and first over the days.
        for (var day = 0; day < 3; day++)
        {
            await Usage.RecordAsync(Of($"top{day}", $"top{day}", input: 100, output: 0, at: Clock.Now.AddDays(-day)));
            await Usage.RecordAsync(Of($"steady{day}", "steady", input: 90, output: 0, at: Clock.Now.AddDays(-day)));
        }

        (await Usage.GetRankingAsync(UsageRange.LastDays(3), top: 1)).Should().Equal(new UserUsage(1, "steady", 270));
        (await Usage.GetRankingAsync(UsageRange.Today, top: 1)).Should().Equal(new UserUsage(1, "top0", 100));
    }

    [Test]
    public async Task GetRankingAsync_Ties_AreOrderedByUserId()
    {
        string[] users = ["b", "a", "ä", "😀", "\uffee", "c", "aa", "Z"];
        foreach (var user in users) await Usage.RecordAsync(Of("r", user, input: 7, output: 0));
        await Usage.RecordAsync(Of("more", "c", input: 1, output: 0));

        string[] expected = ["c", "😀", "\uffee", "ä", "b", "aa", "a", "Z"];
        for (var top = 1; top <= expected.Length; top++)
        {
            (await Usage.GetRankingAsync(UsageRange.Today, top)).Select(u => u.UserId).Should().Equal(expected.Take(top));
            (await Usage.GetRankingAsync(UsageRange.LastDays(5), top)).Select(u => u.UserId).Should().Equal(expected.Take(top));
        }
        (await Usage.GetRankingAsync(UsageRange.Today)).Select(u => (u.Rank, u.TotalTokens)).Should().Equal((1, 8L), (2, 7L), (3, 7L), (4, 7L), (5, 7L), (6, 7L), (7, 7L), (8, 7L));
    }

    [Test]
    public async Task CountAsync_UserAndSessionOnSeveralDays_AreOne()
    {
        await Usage.RecordAsync(Of("1", "ann", sessionId: "s1"));
        await Usage.RecordAsync(Of("2", "ann", sessionId: "s1", at: Clock.Now.AddDays(-1)));
        await Usage.RecordAsync(Of("3", "ann", "m2", sessionId: "s2", at: Clock.Now.AddDays(-2)));
        await Usage.RecordAsync(Of("4", "bob", sessionId: "s1", at: Clock.Now.AddDays(-2)));
        await Usage.RecordAsync(Of("5", "cid", at: Clock.Now.AddDays(-2)));

        (await CountAsync(UsageRange.Today)).Should().Be((1, 1, 1));
        (await CountAsync(UsageRange.LastDays(2))).Should().Be((1, 1, 1));
        (await CountAsync(UsageRange.Day(Today.AddDays(-2)))).Should().Be((3, 2, 1));
        (await CountAsync(UsageRange.LastDays(3))).Should().Be((3, 3, 2));
        (await CountAsync(UsageRange.LastDays(400))).Should().Be((3, 3, 2));
    }

    [Test]
    public async Task CountSessionsAsync_HundredsOfModels_DoNotCount()
    {
        for (var i = 0; i < 300; i++) await Usage.RecordAsync(Of($"r{i}", "ann", $"model{i}", sessionId: $"s{i % 3}", at: Clock.Now.AddDays(-(i % 2))));

        (await CountAsync(UsageRange.Today)).Should().Be((1, 3, 3));
        (await CountAsync(UsageRange.LastDays(2))).Should().Be((1, 3, 3));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastDays(2))).ByModel.Should().HaveCount(300);
    }

    [Test]
    public async Task Counts_OtherZone_AreRefused()
    {
        var range = UsageRange.Today with { Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai") };

        await Usage.Invoking(u => u.GetRankingAsync(range)).Should().ThrowAsync<ArgumentException>().WithMessage("*UTC*Asia/Shanghai*");
        await Usage.Invoking(u => u.CountUsersAsync(range)).Should().ThrowAsync<ArgumentException>();
        await Usage.Invoking(u => u.CountSessionsAsync(UsageScope.Everyone, range)).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task GetSessionTotalsAsync_SeveralDaysAndModels_AreAllOfThem()
    {
        await Usage.RecordAsync(Of("1", sessionId: "s", input: 1));
        await Usage.RecordAsync(Of("2", sessionId: "s", input: 2, model: "m2", at: Clock.Now.AddDays(-40)));
        await Usage.RecordAsync(Of("3", sessionId: "t", input: 4));
        await Usage.RecordAsync(Of("4", "bob", sessionId: "s", input: 8));

        var totals = await Usage.GetSessionTotalsAsync("ann", "s");

        totals.All.Should().Be(Totals(2, 3, 10));
        totals.ByModel.Should().Equal(new Dictionary<string, TokenTotals> { ["m1"] = Totals(1, 1, 5), ["m2"] = Totals(1, 2, 5) });
    }

    [Test]
    public async Task ListAsync_Record_ComesBackWhole()
    {
        var at = Clock.Now.AddMinutes(-5).AddMilliseconds(123);
        await Usage.RecordAsync(new()
        {
            RequestId = "r", UserId = "ann", Model = "m", SessionId = "s", InputTokens = 7, OutputTokens = 6, CachedInputTokens = 3, CacheWriteTokens = 2, ReasoningTokens = 1, CostNanos = 99,
            At = at.ToOffset(TimeSpan.FromHours(8)), Tags = new Dictionary<string, string> { ["a"] = "", ["b"] = "\"\n😀" },
        });

        var record = (await Usage.ListAsync("ann")).Items.Single();

        (record.RequestId, record.UserId, record.Model, record.Usage, record.At).Should().Be(("r", "ann", "m", new TokenTotals(1, 7, 6, 3, 2, 1, 99), at));
        record.At.Offset.Should().Be(TimeSpan.Zero);
        record.Tags.Should().Equal(new Dictionary<string, string> { ["a"] = "", ["b"] = "\"\n😀" });
    }

    [Test]
    public async Task ListAsync_ManyDays_PagesNewestFirst()
    {
        // Three at the same instant, some on one day, then a gap of weeks; one too old for the listing.
        double[] daysBack = [-0.5, 0, 0, 0, 0.1, 0.6, 1, 2, 2.5, 3, 9, 9.01, 25, 29.9, 30.1];
        for (var i = 0; i < daysBack.Length; i++) await Usage.RecordAsync(Of($"r{i:00}", at: Clock.Now.AddDays(-daysBack[i])));
        await Usage.RecordAsync(Of("bobs", "bob"));

        string[] expected = ["r00", "r01", "r02", "r03", "r04", "r05", "r06", "r07", "r08", "r09", "r10", "r11", "r12", "r13"];
        foreach (var pageSize in new[] { 1, 2, 3, 5, 13, 14, 100 })
        {
            var (found, pages, after) = (new List<string>(), 0, (string?)null);
            do
            {
                var page = await Usage.ListAsync("ann", pageSize, after);
                page.Items.Count.Should().BeLessThanOrEqualTo(pageSize);
                found.AddRange(page.Items.Select(r => r.RequestId));
                after = page.Next;
                (++pages).Should().BeLessThan(20);
            }
            while (after is not null);
            found.Should().Equal(expected);
            pages.Should().Be((expected.Length + pageSize - 1) / pageSize);
        }
    }

    private async Task<(long Users, long Sessions, long SessionsOfAnn)> CountAsync(UsageRange range) =>
        (await Usage.CountUsersAsync(range), await Usage.CountSessionsAsync(UsageScope.Everyone, range), await Usage.CountSessionsAsync(UsageScope.User("ann"), range));
}
