using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Bad input is refused with a reason and leaves nothing; hostile input is just text.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsageInputConformance<THarness> : TokenUsageFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const long TooMany = 1L << 53;

    private static readonly string TenKilobytes = new('x', 10_000);

    private static IEnumerable<TestCaseData> BadUsages()
    {
        yield return Bad("request id null", Of(null!), "*null*");
        yield return Bad("request id empty", Of(""), "*empty*");
        yield return Bad("request id long", Of(TenKilobytes), "*10,000 bytes*384*");
        yield return Bad("request id broken", Of("\ud800"), "*surrogate*");
        yield return Bad("user null", Of("r", null!), "*null*");
        yield return Bad("user empty", Of("r", ""), "*empty*");
        yield return Bad("user long", Of("r", TenKilobytes), "*10,000 bytes*");
        yield return Bad("model empty", Of("r", model: ""), "*empty*");
        yield return Bad("model long", Of("r", model: TenKilobytes), "*10,000 bytes*");
        yield return Bad("session empty", Of("r", sessionId: ""), "*empty*");
        yield return Bad("session long", Of("r", sessionId: TenKilobytes), "*10,000 bytes*");
        yield return Bad("input negative", Of("r", input: -1), "*InputTokens is -1*");
        yield return Bad("output negative", Of("r", output: -2), "*OutputTokens is -2*");
        yield return Bad("input too many", Of("r", input: TooMany), "*InputTokens is 9007199254740992*");
        yield return Bad("sum too many", Of("r", input: TooMany - 1, output: 1), "*InputTokens + OutputTokens is 9007199254740992*");
        yield return Bad("cached negative", Of("r") with { CachedInputTokens = -3 }, "*CachedInputTokens is -3*");
        yield return Bad("cache write negative", Of("r") with { CacheWriteTokens = -4 }, "*CacheWriteTokens is -4*");
        yield return Bad("reasoning negative", Of("r") with { ReasoningTokens = -5 }, "*ReasoningTokens is -5*");
        yield return Bad("cost negative", Of("r") with { CostNanos = -6 }, "*CostNanos is -6*");
        yield return Bad("cached above input", Of("r", input: 10) with { CachedInputTokens = 11 }, "*CachedInputTokens 11*InputTokens 10*");
        yield return Bad("cached and written above input", Of("r", input: 10) with { CachedInputTokens = 6, CacheWriteTokens = 5 }, "*CachedInputTokens 6*CacheWriteTokens 5*InputTokens 10*");
        yield return Bad("reasoning above output", Of("r", output: 5) with { ReasoningTokens = 6 }, "*ReasoningTokens 6*OutputTokens 5*");
        yield return Bad("future", Of("r", at: DateTimeOffset.MaxValue), "*a day ahead*");
        yield return Bad("past", Of("r", at: DateTimeOffset.MinValue), "*back to*300 days*");
        yield return Bad("tag without name", Of("r") with { Tags = new Dictionary<string, string> { [""] = "x" } }, "*empty*");
        yield return Bad("tag null", Of("r") with { Tags = new Dictionary<string, string> { ["t"] = null! } }, "*tag*null*");
        yield return Bad("tag long", Of("r") with { Tags = new Dictionary<string, string> { ["t"] = TenKilobytes } }, "*tag*1024*");
        yield return Bad("tags too many", Of("r") with { Tags = Enumerable.Range(0, 33).ToDictionary(i => $"t{i}", _ => "x") }, "*33 tags*32*");
    }

    private static TestCaseData Bad(string what, TokenUsage usage, string message) => new TestCaseData(usage, message).SetArgDisplayNames(what);

    [TestCaseSource(nameof(BadUsages))]
    public async Task RecordAsync_BadUsage_IsRefusedWithTheReason(TokenUsage usage, string message)
    {
        await Usage.Invoking(u => u.RecordAsync(usage)).Should().ThrowAsync<ArgumentException>().WithMessage(message);

        Provider.Commits.Should().Be(0);
    }

    [Test]
    public async Task RecordAsync_Null_IsRefused() =>
        await Usage.Invoking(u => u.RecordAsync(null!)).Should().ThrowAsync<ArgumentNullException>();

    [Test]
    public async Task RecordAsync_EdgesOfTime_AreTaken()
    {
        var oldest = new DateTimeOffset(Clock.Now.UtcDateTime.Date.AddDays(-300), TimeSpan.Zero);

        (await Usage.RecordAsync(Of("old", at: oldest))).Should().BeTrue();
        (await Usage.RecordAsync(Of("new", at: Clock.Now.AddDays(1)))).Should().BeTrue();
        await Usage.Invoking(u => u.RecordAsync(Of("older", at: oldest.AddMilliseconds(-1)))).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Usage.Invoking(u => u.RecordAsync(Of("newer", at: Clock.Now.AddDays(1).AddMilliseconds(1)))).Should().ThrowAsync<ArgumentOutOfRangeException>();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Day(Today.AddDays(-300)))).All.Requests.Should().Be(1);
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Day(Today.AddDays(1)))).All.Requests.Should().Be(1);
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastDays(301))).All.Requests.Should().Be(1);
    }

    [Test]
    public async Task RecordAsync_HostileNames_AreJustText()
    {
        string[] names = ["..", "../../etc/passwd", "/", "a/b", "a%2Fb", "{}", "{tag}", "*", "?", "[a]", "line\nfeed", "nul\0", "😀", "m/", "s/", "q/1/x", "中文", " ", "ｅ\u0301", new('é', 192)];
        foreach (var name in names) await Usage.RecordAsync(new() { RequestId = name, UserId = name, Model = name, SessionId = name, InputTokens = 1 + Array.IndexOf(names, name), OutputTokens = 1 });

        foreach (var name in names)
        {
            var expected = Totals(1, 1 + Array.IndexOf(names, name), 1);
            var totals = await Usage.GetTotalsAsync(UsageScope.User(name), UsageRange.Today);
            totals.ByModel.Should().Equal(new Dictionary<string, TokenTotals> { [name] = expected });
            (await Usage.GetSessionTotalsAsync(name, name)).All.Should().Be(expected);
            (await Usage.CountSessionsAsync(UsageScope.User(name), UsageRange.Today)).Should().Be(1);
            (await Usage.ListAsync(name)).Items.Single().RequestId.Should().Be(name);
            (await Usage.GetSeriesAsync(UsageScope.User(name), UsageRange.Today, UsageInterval.Hour)).Single(p => p.Totals.All.Requests > 0).Totals.ByModel.Keys.Should().Equal(name);
        }
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).ByModel.Keys.Should().BeEquivalentTo(names);
        (await Usage.GetRankingAsync(UsageRange.Today, 100)).Select(u => u.UserId).Should().Equal(names.Reverse());
        (await Usage.CountSessionsAsync(UsageScope.Everyone, UsageRange.Today)).Should().Be(names.Length);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(1001)]
    public async Task Limits_OutOfRange_AreRefused(int limit)
    {
        await Usage.Invoking(u => u.GetRankingAsync(UsageRange.Today, limit)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Usage.Invoking(u => u.ListAsync("ann", limit)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [TestCase("")]
    [TestCase("garbage!")]
    [TestCase("AAAA")]
    [TestCase("LTEvcg")] // -1/r
    [TestCase("OTk5OTk5OTk5OTk5OTk5OTk5L3I")] // 999999999999999999/r
    [TestCase("MS8")] // 1/
    public async Task ListAsync_GarbagePlace_IsRefused(string after)
    {
        await Usage.RecordAsync(Of("r"));

        await Usage.Invoking(u => u.ListAsync("ann", after: after)).Should().ThrowAsync<ArgumentException>().WithParameterName(nameof(after));
    }

    [Test]
    public async Task ListAsync_PlaceLongGone_IsTheEnd()
    {
        await Usage.RecordAsync(Of("r"));

        var page = await Usage.ListAsync("ann", after: "MS9y"); // 1/r

        page.Items.Should().BeEmpty();
        page.Next.Should().BeNull();
    }

    [Test]
    public async Task Queries_BadArguments_AreRefused()
    {
        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.Everyone, null!)).Should().ThrowAsync<ArgumentNullException>();
        await Usage.Invoking(u => u.GetSeriesAsync(UsageScope.Everyone, null!, UsageInterval.Day)).Should().ThrowAsync<ArgumentNullException>();
        await Usage.Invoking(u => u.GetSeriesAsync(UsageScope.Everyone, UsageRange.Today, (UsageInterval)9)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Usage.Invoking(u => u.GetSessionTotalsAsync("ann", "")).Should().ThrowAsync<ArgumentException>();
        await Usage.Invoking(u => u.GetSessionTotalsAsync(null!, "s")).Should().ThrowAsync<ArgumentNullException>();
        await Usage.Invoking(u => u.ListAsync(TenKilobytes)).Should().ThrowAsync<ArgumentException>();
        FluentActions.Invoking(() => UsageScope.User(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => UsageScope.User("")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => UsageRange.LastDays(0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => UsageRange.LastDays(401)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => UsageRange.LastMonths(-1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => UsageRange.LastMonths(121)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => UsageRange.Between(Today, Today.AddDays(-1))).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task Queries_NothingRecorded_AreZero()
    {
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastMonths(120))).ByModel.Should().BeEmpty();
        (await Usage.GetTotalsAsync(UsageScope.User("nobody"), UsageRange.LastDays(400))).All.Should().Be(default(TokenTotals));
        (await Usage.GetSessionTotalsAsync("nobody", "none")).All.Should().Be(default(TokenTotals));
        (await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(7), UsageInterval.Day)).Should().HaveCount(7).And.OnlyContain(p => p.Totals.All == default);
        (await Usage.GetRankingAsync(UsageRange.LastDays(30))).Should().BeEmpty();
        (await Usage.CountUsersAsync(UsageRange.LastDays(30))).Should().Be(0);
        (await Usage.CountSessionsAsync(UsageScope.Everyone, UsageRange.LastDays(30))).Should().Be(0);
        (await Usage.CountSessionsAsync(UsageScope.User("nobody"), UsageRange.Today)).Should().Be(0);
        (await Usage.ListAsync("nobody")).Should().BeEquivalentTo(new { Items = Array.Empty<TokenUsageRecord>(), Next = (string?)null });
        (await Usage.CleanupAsync()).Should().Be(new UsageCleanup(0, 0));
        var dashboard = await Usage.GetDashboardAsync();
        (dashboard.Day, dashboard.Today.All, dashboard.GrowthPercent, dashboard.UsersToday, dashboard.SessionsToday).Should().Be((Today, default(TokenTotals), null, 0, 0));
        Provider.Commits.Should().Be(0, "questions write nothing");
    }
}
