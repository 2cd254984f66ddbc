using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Cleanup: quarter-hours go, sums stay, months are put by; again, at once, cut off, and for one tenant.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class TokenUsageCleanupConformance<THarness> : TokenUsageFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task CleanupAsync_OldDays_LoseQuarterHoursAndKeepSums()
    {
        await Usage.RecordAsync(Of("1", "ann", input: 1, sessionId: "s"));
        await Usage.RecordAsync(Of("2", "ann", "m2", input: 2, sessionId: "s", at: Clock.Now.AddHours(-3)));
        await Usage.RecordAsync(Of("3", "bob", input: 4, at: Clock.Now.AddDays(-20)));
        var old = Today;
        await PostAsync();
        Clock.Now = Clock.Now.AddDays(40);
        await Usage.RecordAsync(Of("4", "ann", input: 8));
        await PostAsync();
        var quarters = await CountQuartersAsync();

        var cleanup = await Usage.CleanupAsync();

        // Two of ann and one of bob, each in the user's map and in the partition's.
        cleanup.Should().Be(new UsageCleanup(6, 0));
        (await CountQuartersAsync()).Should().Be(quarters - 6);
        (await Usage.CleanupAsync()).Should().Be(new UsageCleanup(0, 0));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastDays(61))).All.Should().Be(Totals(4, 15, 20));
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Day(old))).ByModel.Should().Equal(new Dictionary<string, TokenTotals> { ["m1"] = Totals(1, 1, 5), ["m2"] = Totals(1, 2, 5) });
        (await Usage.CountSessionsAsync(UsageScope.User("ann"), UsageRange.Day(old))).Should().Be(1);
        (await Usage.CountSessionsAsync(UsageScope.Everyone, UsageRange.LastDays(61))).Should().Be(1);
        (await Usage.GetSeriesAsync(UsageScope.User("ann"), UsageRange.LastDays(32), UsageInterval.Hour)).Sum(p => p.Totals.All.InputTokens).Should().Be(8);
    }

    [Test]
    public async Task CleanupAsync_WhatWaitedBeyondTheWindow_IsPostedToDaysOnly()
    {
        await Usage.RecordAsync(Of("1", "ann", input: 1, sessionId: "s"));
        var old = Today;
        Clock.Now = Clock.Now.AddDays(40);

        (await Usage.CleanupAsync()).Should().Be(new UsageCleanup(0, 0));

        (await CountQuartersAsync()).Should().Be(0);
        (await ExportAsync()).Should().NotContain(r => r.Key.Type == "usage-pending");
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), UsageRange.Day(old))).All.Should().Be(Totals(1, 1, 5));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Day(old))).All.Should().Be(Totals(1, 1, 5));
        (await Usage.GetSessionTotalsAsync("ann", "s")).All.Should().Be(Totals(1, 1, 5));
    }

    [Test]
    public async Task CleanupAsync_DaysWithinTheWindow_KeepTheirQuarterHours()
    {
        for (var day = 0; day <= 32; day++) await Usage.RecordAsync(Of($"r{day}", input: 1, at: Clock.Now.AddDays(-day)));

        (await Usage.CleanupAsync()).Should().Be(new UsageCleanup(0, 0));

        (await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(32), UsageInterval.Hour)).Sum(p => p.Totals.All.InputTokens).Should().Be(32);
    }

    [Test]
    public async Task CleanupAsync_SumsOfATenantPassWhatCanBeCounted_CleansUpTheOthersAndIsReportedToItsTenant()
    {
        MoveToAMonthsBeginning();
        var acme = State.ForTenant("acme").TokenUsage;
        await acme.RecordAsync(Of("1", input: 1));
        await Usage.RecordAsync(Of("1", input: 1));
        await PostAsync();
        await acme.GetDashboardAsync();
        // More levels than sums have, each of them full.
        string[] levels = [.. Enumerable.Range(1, 1_025).Select(static level => $"m{level}/m1")];
        var full = new MapValue(new long[] { 1, StateLimits.MaximumNumber });
        foreach (var record in (await ExportAsync()).Where(static r => r.Key.Id.StartsWith("acme/", StringComparison.Ordinal)))
        {
            if (record.Key.Type is "usage-day" or "usage-user-day") await Provider.CommitAsync(new(new SetFields(record.Key, [.. levels.Select(level => new MapField(level, full))])), default);
            if (record.Key.Type is "usage-seen") await Provider.CommitAsync(new(new SetScores(record.Key, [.. levels.Select(static level => new IndexMember(level, 1L << 40))])), default);
        }
        Clock.Now = Clock.Now.AddDays(365);

        (await Usage.CleanupAsync()).KeptMonths.Should().Be(2, "the user's month and everyone's");

        await acme.Invoking(static usage => usage.CleanupAsync()).Should().ThrowAsync<StateCorruptionException>().WithMessage("*pass 2^63*backup*");
    }

    [Test]
    public async Task CleanupAsync_MonthsOutOfReach_ArePutByAndOutliveTheirDays()
    {
        var first = MoveToAMonthsBeginning();
        var before = await RecordMonthsAsync(Usage, first);
        Clock.Now = Clock.Now.AddDays(365);

        var cleanup = await Usage.CleanupAsync();

        cleanup.KeptMonths.Should().BeGreaterThan(0);
        (await Usage.CleanupAsync()).Should().Be(new UsageCleanup(0, 0));
        Clock.Now = Clock.Now.AddDays(180);
        (await Usage.CleanupAsync()).RemovedQuarterHours.Should().Be(0);
        var range = UsageRange.Between(first.AddMonths(-1), first.AddDays(-1));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, range)).Should().BeEquivalentTo(before.Everyone);
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), range)).Should().BeEquivalentTo(before.Ann);
        (await Usage.GetTotalsAsync(UsageScope.User("nobody"), range)).All.Should().Be(default(TokenTotals));
        var series = await Usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastMonths(24), UsageInterval.Month);
        series.Should().HaveCount(24);
        series.Single(p => p.Start.Year == first.AddMonths(-1).Year && p.Start.Month == first.AddMonths(-1).Month).Totals.Should().BeEquivalentTo(before.Everyone);
        series.Sum(p => p.Totals.All.Requests).Should().Be((await Usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastMonths(24))).All.Requests);
        await Usage.Invoking(u => u.GetTotalsAsync(UsageScope.Everyone, UsageRange.Day(first.AddMonths(-1)))).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await Usage.Invoking(u => u.GetSeriesAsync(UsageScope.Everyone, range, UsageInterval.Day)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task CleanupAsync_CutOffAnywhere_IsCompletedByTheNext()
    {
        var first = MoveToAMonthsBeginning();
        var before = await RecordMonthsAsync(Usage, first);
        Clock.Now = Clock.Now.AddDays(365);
        var range = UsageRange.Between(first.AddMonths(-1), first.AddDays(-1));

        for (var allowed = 0; ; allowed += 3)
        {
            allowed.Should().BeLessThan(1000);
            var left = allowed;
            Provider.OnCommit = (_, commit) => --left >= 0 ? commit() : throw new StateUnavailableException("Cut off.", mayHaveBeenWritten: false);
            try
            {
                await Usage.CleanupAsync();
                break;
            }
            catch (StateUnavailableException)
            {
                (await Usage.GetTotalsAsync(UsageScope.Everyone, range)).Should().BeEquivalentTo(before.Everyone);
            }
        }

        Provider.OnCommit = null;
        (await Usage.CleanupAsync()).Should().Be(new UsageCleanup(0, 0));
        Clock.Now = Clock.Now.AddDays(180);
        (await Usage.GetTotalsAsync(UsageScope.Everyone, range)).Should().BeEquivalentTo(before.Everyone);
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), range)).Should().BeEquivalentTo(before.Ann);
        (await CountQuartersAsync()).Should().Be(0);
    }

    [Test]
    public async Task CleanupAsync_SeveralAtOnce_ComeOutTheSame()
    {
        var first = MoveToAMonthsBeginning();
        var before = await RecordMonthsAsync(Usage, first);
        var quarters = await CountQuartersAsync();
        Clock.Now = Clock.Now.AddDays(365);
        var other = (await JoinAsync()).TokenUsage;

        var cleanups = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? Usage : other).CleanupAsync())));

        cleanups.Sum(c => c.RemovedQuarterHours).Should().Be(quarters, "each is removed by one of them");
        Clock.Now = Clock.Now.AddDays(180);
        var range = UsageRange.Between(first.AddMonths(-1), first.AddDays(-1));
        (await Usage.GetTotalsAsync(UsageScope.Everyone, range)).Should().BeEquivalentTo(before.Everyone);
        (await Usage.GetTotalsAsync(UsageScope.User("ann"), range)).Should().BeEquivalentTo(before.Ann);
    }

    [Test]
    public async Task CleanupAsync_Tenants_DefaultCleansAllAnotherItsOwn()
    {
        foreach (var tenant in new[] { "", "acme", "a/b" }) await State.ForTenant(tenant).TokenUsage.RecordAsync(Of("r"));
        await PostAsync();
        Clock.Now = Clock.Now.AddDays(40);

        (await State.ForTenant("acme").TokenUsage.CleanupAsync()).RemovedQuarterHours.Should().Be(2);
        (await State.ForTenant("none").TokenUsage.CleanupAsync()).RemovedQuarterHours.Should().Be(0);
        (await Usage.CleanupAsync()).RemovedQuarterHours.Should().Be(4);
        (await State.ForTenant("a/b").TokenUsage.CleanupAsync()).RemovedQuarterHours.Should().Be(0);
    }

    [Test]
    public async Task Keys_ButSettingsAndRegisters_Expire()
    {
        await Usage.RecordAsync(Of("r", sessionId: "s"));
        await Usage.RecordAsync(Of("old", sessionId: "s", at: Clock.Now.AddDays(-100)));
        // Of one day: the first is too old to be listed, the second is listed for two hours.
        foreach (var hours in new[] { -1, 1 })
        {
            await Usage.RecordAsync(Of($"{hours}", at: Clock.Now.AddDays(-30).AddHours(hours)));
            await PostAsync();
        }
        (await Usage.ListAsync("ann")).Items.Select(record => record.RequestId).Should().Equal("r", "1");
        Clock.Now = Clock.Now.AddDays(40);
        await Usage.CleanupAsync();

        (await ExportAsync()).Where(r => r.Content.Expiry.Kind is StateExpiryKind.Never).Select(r => r.Key.Type).Distinct()
            .Should().BeSubsetOf(["usage-settings", "usage-tenants", "usage-cleaned"]);
    }

    /// <summary>Moves the clock on to the second of a month, so that the month before is within reach for as long as can be; tells the first.</summary>
    private DateOnly MoveToAMonthsBeginning()
    {
        while (Today.Day != 2) Clock.Now = Clock.Now.AddDays(1);
        return Today.AddDays(-1);
    }

    /// <summary>Usage of last month by several users, and what it adds up to.</summary>
    private static async Task<(UsageTotals Everyone, UsageTotals Ann)> RecordMonthsAsync(ITokenUsageManager usage, DateOnly first)
    {
        for (var day = first.AddMonths(-1); day < first.AddDays(1); day = day.AddDays(3))
            foreach (var user in new[] { "ann", "bob", "cid" })
                await usage.RecordAsync(Of($"{day:O}", user, $"m{day.Day % 4}", input: day.Day, sessionId: "s", at: new(day, new(1, 2), TimeSpan.Zero)));
        var range = UsageRange.Between(first.AddMonths(-1), first.AddDays(-1));
        return (await usage.GetTotalsAsync(UsageScope.Everyone, range), await usage.GetTotalsAsync(UsageScope.User("ann"), range));
    }

    private async Task<long> CountQuartersAsync() =>
        (await ExportAsync()).Sum(r => r.Content is MapContent map && r.Key.Type is "usage-day" or "usage-user-day" ? ((MapContent)r.Content).Fields.Keys.Count(f => f.StartsWith('q')) : 0);
}
