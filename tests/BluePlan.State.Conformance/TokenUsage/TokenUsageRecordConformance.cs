using System.Text;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Counting: once, everywhere, all or nothing.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsageRecordConformance<THarness> : TokenUsageFixture<THarness> where THarness : StateProviderHarness, new()
{
    private static readonly TokenUsage Full = new()
    {
        RequestId = "r1", UserId = "ann", Model = "m1", SessionId = "s1", InputTokens = 100, OutputTokens = 40, CachedInputTokens = 30, CacheWriteTokens = 20, ReasoningTokens = 15, CostNanos = 1_234_567_890,
        Tags = new Dictionary<string, string> { ["feature"] = "search", ["语言"] = "中文" },
    };

    private static readonly TokenTotals FullTotals = new(1, 100, 40, 30, 20, 15, 1_234_567_890);

    [Test]
    public async Task RecordAsync_New_IsInEverySum()
    {
        (await Usage.RecordAsync(Full)).Should().BeTrue();

        foreach (var scope in new[] { UsageScope.Everyone, UsageScope.User("ann") })
        {
            var totals = await Usage.GetTotalsAsync(scope, UsageRange.Today);
            totals.All.Should().Be(FullTotals);
            totals.ByModel.Should().Equal(new Dictionary<string, TokenTotals> { ["m1"] = FullTotals });
            (await Usage.CountSessionsAsync(scope, UsageRange.Today)).Should().Be(1);
            (await Usage.GetSeriesAsync(scope, UsageRange.Today, UsageInterval.QuarterHour)).Single(p => p.Totals.All.Requests > 0).Should()
                .Match<UsagePoint>(p => p.Start == Clock.Now && p.End == Clock.Now.AddMinutes(15) && p.Totals.All == FullTotals);
        }
        (await Usage.GetSessionTotalsAsync("ann", "s1")).All.Should().Be(FullTotals);
        (await Usage.GetRankingAsync(UsageRange.Today)).Should().Equal(new UserUsage(1, "ann", 140));
        (await Usage.CountUsersAsync(UsageRange.Today)).Should().Be(1);
    }

    [Test]
    public async Task RecordAsync_New_IsOneCommit()
    {
        await Usage.RecordAsync(Of("first", sessionId: "s"));
        Provider.ResetCounts();

        await Usage.RecordAsync(Of("second", sessionId: "s"));

        (Provider.Commits, Provider.Reads).Should().Be((1, 0));
    }

    [Test]
    public async Task RecordAsync_SameAgain_IsCountedOnce()
    {
        await Usage.RecordAsync(Full);
        Clock.Now += TimeSpan.FromHours(1);

        (await Usage.RecordAsync(Full)).Should().BeFalse();
        (await Usage.RecordAsync(Full with { CostNanos = null })).Should().BeFalse();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(FullTotals);
        (await Usage.GetSessionTotalsAsync("ann", "s1")).All.Should().Be(FullTotals);
        (await Usage.GetRankingAsync(UsageRange.Today)).Should().Equal(new UserUsage(1, "ann", 140));
    }

    [Test]
    public async Task RecordAsync_SameIdOtherContent_IsAConflict()
    {
        await Usage.RecordAsync(Full with { At = Clock.Now });
        TokenUsage[] others =
        [
            Full with { Model = "m2" }, Full with { InputTokens = 101 }, Full with { OutputTokens = 41 }, Full with { CachedInputTokens = 29 }, Full with { CacheWriteTokens = 21 },
            Full with { ReasoningTokens = 14 }, Full with { CostNanos = 1 }, Full with { SessionId = "s2" }, Full with { SessionId = null }, Full with { At = Clock.Now.AddMilliseconds(-1) },
            Full with { Tags = null }, Full with { Tags = new Dictionary<string, string> { ["feature"] = "search" } }, Full with { Tags = new Dictionary<string, string> { ["feature"] = "chat", ["语言"] = "中文" } },
        ];

        foreach (var other in others)
            await Usage.Invoking(u => u.RecordAsync(other)).Should().ThrowAsync<StateConflictException>().WithMessage("*already recorded with different values*");

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(FullTotals);
    }

    [Test]
    public async Task RecordAsync_SameIdOfAnotherUser_IsAnotherRequest()
    {
        await Usage.RecordAsync(Of("r", "ann"));

        (await Usage.RecordAsync(Of("r", "bob", input: 1))).Should().BeTrue();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(2, 11, 10));
        (await Usage.GetTotalsAsync(UsageScope.User("bob"), UsageRange.Today)).All.Should().Be(Totals(1, 1, 5));
    }

    [Test]
    public async Task RecordAsync_LostReplyThenAgainAfterMidnight_IsCountedOnce()
    {
        await Usage.RecordAsync(Of("r0"));
        Provider.LoseNextReply();
        await Usage.Invoking(u => u.RecordAsync(Of("r1"))).Should().ThrowAsync<StateUnavailableException>().Where(e => e.MayHaveBeenWritten);
        Clock.Now = Clock.Now.AddDays(1);

        (await Usage.RecordAsync(Of("r1"))).Should().BeFalse();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastDays(2))).All.Should().Be(Totals(2, 20, 10));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(default(TokenTotals));
    }

    [Test]
    public async Task RecordAsync_FailedBeforeTheStore_IsCountedByTheRetry()
    {
        await Usage.RecordAsync(Of("r0"));
        Provider.BeforeNextCommit(() => throw new StateUnavailableException("Not reached.", mayHaveBeenWritten: false));
        await Usage.Invoking(u => u.RecordAsync(Of("r1"))).Should().ThrowAsync<StateUnavailableException>();

        (await Usage.RecordAsync(Of("r1"))).Should().BeTrue();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Requests.Should().Be(2);
    }

    [Test]
    public async Task RecordAsync_SixtyFourAtOnceWithRepeatedIds_AreExact()
    {
        // 320 calls for 160 requests: each comes twice, from hosts that do not know of each other.
        var others = await JoinAsync();
        var calls = Enumerable.Range(0, 320).Select(i => (Manager: i % 2 == 0 ? Usage : others.TokenUsage,
            Usage: Of($"r{i / 2}", $"user{i / 2 % 7}", $"m{i / 2 % 3}", input: i / 2, output: 1, sessionId: $"s{i / 2 % 11}"))).ToArray();
        var counted = 0;

        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (call, token) =>
        {
            if (await call.Manager.RecordAsync(call.Usage, token)) Interlocked.Increment(ref counted);
        });

        counted.Should().Be(160);
        var totals = await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today);
        totals.All.Should().Be(Totals(160, 160 * 159 / 2, 160));
        totals.ByModel.Keys.Should().BeEquivalentTo("m0", "m1", "m2");
        (await Usage.GetTotalsAsync(UsageScope.User("user3"), UsageRange.Today)).All.Should().Be(Totals(23, Enumerable.Range(0, 160).Where(i => i % 7 == 3).Sum(), 23));
        (await Usage.CountUsersAsync(UsageRange.Today)).Should().Be(7);
        (await Usage.CountSessionsAsync(UsageScope.Everyone, UsageRange.Today)).Should().Be(77);
        (await Usage.GetRankingAsync(UsageRange.Today)).Sum(u => u.TotalTokens).Should().Be(160 * 159 / 2 + 160);
    }

    [Test]
    public async Task RecordAsync_CancelledBefore_RecordsNothing()
    {
        await Usage.Invoking(u => u.RecordAsync(Of("r"), new CancellationToken(true))).Should().ThrowAsync<OperationCanceledException>();

        (await Usage.RecordAsync(Of("r"))).Should().BeTrue();
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Requests.Should().Be(1);
    }

    [Test]
    public async Task RecordAsync_NoTokens_CountsTheRequestAndTheUser()
    {
        await Usage.RecordAsync(Of("r", input: 0, output: 0));

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(1, 0, 0));
        (await Usage.CountUsersAsync(UsageRange.Today)).Should().Be(1);
        (await Usage.GetRankingAsync(UsageRange.Today)).Should().Equal(new UserUsage(1, "ann", 0));
    }

    [Test]
    public async Task RecordAsync_Prices_TheLongestNameCosts()
    {
        await StartAsync(builder => builder.Configure(options =>
        {
            options.TokenUsage.Prices["gpt-4o"] = new() { Input = 2.5m, Output = 10m, CachedInput = 1.25m };
            options.TokenUsage.Prices["gpt-4o-mini"] = new() { Input = 0.15m, Output = 0.6m };
        }));

        await Usage.RecordAsync(new() { RequestId = "a", UserId = "ann", Model = "gpt-4o-2024-08-06", InputTokens = 1000, CachedInputTokens = 400, OutputTokens = 100 });
        await Usage.RecordAsync(new() { RequestId = "b", UserId = "ann", Model = "GPT-4o-mini", InputTokens = 3, OutputTokens = 1 });
        await Usage.RecordAsync(new() { RequestId = "c", UserId = "ann", Model = "llama", InputTokens = 1000, OutputTokens = 100 });
        await Usage.RecordAsync(new() { RequestId = "d", UserId = "ann", Model = "llama", InputTokens = 1000, OutputTokens = 100, CostNanos = 7 });

        var totals = await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Today);
        totals.ByModel["gpt-4o-2024-08-06"].CostNanos.Should().Be(3_000_000);
        totals.ByModel["gpt-4o-2024-08-06"].Cost.Should().Be(0.003m);
        totals.ByModel["GPT-4o-mini"].CostNanos.Should().Be(1050);
        totals.ByModel["llama"].CostNanos.Should().Be(7);
        totals.All.CostNanos.Should().Be(3_001_057);
        totals.ByModel.ToDictionary(m => m.Key, m => m.Value.UnpricedTokens).Should().Equal(new Dictionary<string, long> { ["gpt-4o-2024-08-06"] = 0, ["GPT-4o-mini"] = 0, ["llama"] = 1100 });
    }

    [Test]
    public async Task RecordAsync_ModelWithoutAPrice_IsUnpricedInRecordsAndAllSums()
    {
        await StartAsync(builder => builder.Configure(options => options.TokenUsage.Prices["gpt-5"] = new() { Input = 1.25m }));
        await Usage.RecordAsync(Of("priced", model: "gpt-5", sessionId: "s"));
        await Usage.RecordAsync(Of("unpriced", model: "gpt-5-nano", sessionId: "s"));
        await Usage.RecordAsync(Of("other tier", model: "gpt-5", sessionId: "s") with { ServiceTier = "flex" });
        await Usage.RecordAsync(Of("free", model: "gpt-5-nano", sessionId: "s") with { CostNanos = 0 });
        var sum = new TokenTotals(4, 40, 20, 0, 0, 0, 12_500) { UnpricedRequests = 2, UnpricedTokens = 30 };

        (await Usage.ListAsync("ann")).Items.ToDictionary(r => r.RequestId, r => r.IsPriced).Should()
            .Equal(new Dictionary<string, bool> { ["priced"] = true, ["unpriced"] = false, ["other tier"] = false, ["free"] = true });
        foreach (var scope in new[] { UsageScope.Everyone, UsageScope.User("ann") })
        {
            var totals = await Usage.GetTotalsAsync(scope, UsageRange.Today);
            totals.All.Should().Be(sum);
            totals.ByModel.Values.Should().AllBeEquivalentTo(new { Requests = 2, UnpricedRequests = 1, UnpricedTokens = 15 });
            (await Usage.GetSeriesAsync(scope, UsageRange.Today, UsageInterval.QuarterHour)).Single(p => p.Totals.All.Requests > 0).Totals.All.Should().Be(sum);
            (await Usage.CountSessionsAsync(scope, UsageRange.Today)).Should().Be(1);
        }
        (await Usage.GetSessionTotalsAsync("ann", "s")).All.Should().Be(sum);
        (await Usage.GetDashboardAsync()).Today.All.Should().Be(sum);

        Clock.Now = Clock.Now.AddDays(340);
        (await Usage.CleanupAsync()).KeptMonths.Should().BePositive();
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.LastMonths(14))).All.Should().Be(sum);
    }

    [Test]
    public async Task RecordAsync_TierAndLifetimeOfTheCache_ArePricedAndListed()
    {
        await StartAsync(builder => builder.Configure(options =>
        {
            options.TokenUsage.Prices["claude-sonnet-4"] = new() { Input = 3, Output = 15, CacheWrite = 3.75m, CacheWriteOneHour = 6 };
            options.TokenUsage.Prices["batch"] = new() { Model = "claude-sonnet-4", ServiceTier = "batch", Input = 1.5m, Output = 7.5m };
            options.TokenUsage.Prices["tomorrow"] = new() { Model = "claude-sonnet-4", From = Today.AddDays(1), Input = 1 };
        }));
        var usage = Of("hour", model: "claude-sonnet-4-20250514", input: 100, output: 0) with { CacheWriteTokens = 60, CacheWriteOneHourTokens = 20 };

        (await Usage.RecordAsync(usage)).Should().BeTrue();
        (await Usage.RecordAsync(usage)).Should().BeFalse();
        await Usage.RecordAsync(usage with { RequestId = "batch", ServiceTier = "batch", CacheWriteTokens = 0, CacheWriteOneHourTokens = 0 });
        await Usage.RecordAsync(usage with { RequestId = "tomorrow", At = Clock.Now.AddHours(13) });

        var records = (await Usage.ListAsync("ann")).Items.ToDictionary(r => r.RequestId);
        (records["hour"].Usage.CostNanos, records["hour"].CacheWriteOneHourTokens, records["hour"].ServiceTier).Should().Be(((40 * 3000) + (40 * 3750) + (20 * 6000), 20, null));
        (records["batch"].Usage.CostNanos, records["batch"].ServiceTier).Should().Be((100 * 1500, "batch"));
        records["tomorrow"].Usage.CostNanos.Should().Be(100 * 1000);
        await Usage.Invoking(u => u.RecordAsync(usage with { CacheWriteOneHourTokens = 0 })).Should().ThrowAsync<StateConflictException>();
        await Usage.Invoking(u => u.RecordAsync(usage with { ServiceTier = "batch" })).Should().ThrowAsync<StateConflictException>();
    }

    [Test]
    public async Task RecordAsync_SessionId_IsNowhereInTheStore()
    {
        const string session = "0123secret-session-id";
        await Usage.RecordAsync(Full with { SessionId = session });

        var handle = (await Usage.ListAsync("ann")).Items.Single().SessionHandle;
        handle.Should().MatchRegex("^[0-9a-f]{32}$");
        (await ExportAsync()).Select(TextOf).Should().NotContain(text => text.Contains(session, StringComparison.Ordinal)).And.Contain(text => text.Contains(handle!, StringComparison.Ordinal));
        (await Usage.GetSessionTotalsAsync("ann", handle!)).All.Requests.Should().Be(0, "the handle is no session id");
    }

    [Test]
    public async Task RecordAsync_TwoTenants_AreApart()
    {
        var acme = State.ForTenant("acme").TokenUsage;
        await Usage.RecordAsync(Of("r", input: 1, sessionId: "s"));

        (await acme.RecordAsync(Of("r", input: 2, sessionId: "s"))).Should().BeTrue();

        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(1, 1, 5));
        (await acme.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(Totals(1, 2, 5));
        (await acme.GetSessionTotalsAsync("ann", "s")).All.Should().Be(Totals(1, 2, 5));
        (await acme.GetRankingAsync(UsageRange.Today)).Should().Equal(new UserUsage(1, "ann", 7));
        (await acme.CountSessionsAsync(UsageScope.Everyone, UsageRange.Today)).Should().Be(1);
        (await acme.ListAsync("ann")).Items.Single().Usage.InputTokens.Should().Be(2);
        (await State.ForTenant("other").TokenUsage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today)).All.Should().Be(default(TokenTotals));
    }

    private static string TextOf(StateRecord record) => record.Key.Id + " " + record.Content switch
    {
        DocumentContent document => Encoding.UTF8.GetString(document.Value.Span),
        MapContent map => string.Join(' ', map.Fields.Keys),
        IndexContent index => string.Join(' ', index.Members.Select(static m => m.Member)),
        _ => "",
    };
}
