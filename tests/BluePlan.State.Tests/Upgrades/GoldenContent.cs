using System.Text.Json;
using FluentAssertions;

namespace BluePlan.State.Tests;

/// <summary>
/// What the golden stores of version 1 contain, in two tenants. The managers of that version wrote it: sessions that
/// were updated, patched, closed and rotated, conversations that were trimmed, edited and forked, token usage with and
/// without its sums, configs with versions and a backup, and the app's own values and fields.
/// </summary>
internal static class GoldenContent
{
    /// <summary>The day of the token usage.</summary>
    public static readonly DateOnly Day = new(2026, 12, 1);

    /// <summary>An instant at which nothing of the content has expired.</summary>
    public static readonly DateTimeOffset NextDay = new(2026, 12, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Reads all content, then writes to every part of it.</summary>
    public static async Task CheckAsync(IBluePlanState state)
    {
        foreach (var tenant in (string[])["", "acme"])
        {
            var one = state.ForTenant(tenant);
            await CheckSessionsAsync(one.Sessions, tenant);
            await CheckHistoryAsync(one.History);
            await CheckUsageAsync(one.TokenUsage);
            await CheckConfigAsync(one.Config);
            await CheckValuesAsync(one);
        }
    }

    private static async Task CheckSessionsAsync(ISessionManager sessions, string tenant)
    {
        var checkout = await sessions.GetIdAsync("alice", "checkout");
        var peeked = (await sessions.PeekAsync<Cart>(checkout))!;
        peeked.Data.Items.Should().Equal($"tea{tenant}");
        (peeked.UserId, peeked.Data.Count, peeked.ExpiresAt?.Year).Should().Be(("alice", 4, 2100));
        (await sessions.UpdateAsync<Cart>(checkout, static cart => cart with { Count = cart.Count + 1 }))!.Data.Count.Should().Be(5);
        (await sessions.GetAsync<Cart>(checkout))!.Data.Count.Should().Be(5);

        var second = (await sessions.PeekAsync<Cart>(await sessions.GetIdAsync("alice", "second")))!;
        (second.Status, second.Data.Count).Should().Be((SessionStatus.Closed, 12));
        (await sessions.GetAsync<Cart>(await sessions.GetIdAsync("alice", "sliding")))!.Data.Items.Should().BeEmpty();
        (await sessions.ListAsync<Cart>("alice")).Items.Should().HaveCount(3);
        (await sessions.ListAsync<Cart>("bob")).Items.Should().ContainSingle().Which.Data!.Items.Should().Equal("rice");
        (await sessions.DeleteAllAsync("bob")).Should().Be(1);
    }

    private static async Task CheckHistoryAsync(IHistoryManager history)
    {
        var tea = await history.GetIdAsync("alice", "tea");
        (await history.ReadAsync(tea)).Select(static m => m.Id).Should().Equal("m1", "q3", "a3", "q4", "a4");
        (await history.GetAsync(tea))!.Title.Should().Be("Tea");
        var repeated = await history.AppendAsync(tea, [HistoryMessage.User("question 4") with { Id = "q4" }]);
        var appended = await history.AppendAsync(tea, [HistoryMessage.User("question 5") with { Id = "q5" }]);
        (repeated[0].Sequence, appended[0].Sequence).Should().Be((12, 14));

        var edited = await history.GetIdAsync("alice", "edited");
        (await history.ReadAsync(edited)).Select(static m => (m.Sequence, m.Id, m.Text, m.Pinned, m.EditedAt is not null)).Should().Equal((2, "e2", "zwei", false, true), (3, "e3", "three 三", true, false));
        var conversations = (await history.ListAsync("alice")).Items;
        conversations.Select(static c => c.Title).Should().BeEquivalentTo("Tea", "Edited", "Fork");
        (await history.ReadAsync(conversations.Single(static c => c.Title == "Fork").Id)).Select(static m => m.Text).Should().Equal("zwei");
        (await history.SearchUserAsync("alice", "三").ToListAsync()).Should().ContainSingle();
    }

    private static async Task CheckUsageAsync(ITokenUsageManager usage)
    {
        var day = UsageRange.Day(Day);
        var all = (await usage.GetTotalsAsync(UsageScope.Everyone, day)).All;
        (all.Requests, all.InputTokens, all.OutputTokens, all.CostNanos).Should().Be((3, 157, 28, 1_570));
        (await usage.GetTotalsAsync(UsageScope.User("alice"), day)).ByModel["gpt-5"].InputTokens.Should().Be(150);
        (await usage.GetSessionTotalsAsync("alice", "checkout")).All.OutputTokens.Should().Be(25);
        (await usage.GetRankingAsync(day)).Select(static u => u.UserId).Should().Equal("alice", "bob");
        (await usage.CountUsersAsync(day), await usage.CountSessionsAsync(UsageScope.Everyone, day)).Should().Be((2, 1));
        (await usage.ListAsync("alice")).Items.Select(static r => r.RequestId).Should().BeEquivalentTo("r1", "r3");

        var repeated = new TokenUsage { RequestId = "r2", UserId = "bob", Model = "gpt-5", InputTokens = 7, OutputTokens = 3, CostNanos = 70 };
        (await usage.RecordAsync(repeated)).Should().BeFalse();
        (await usage.RecordAsync(repeated with { RequestId = "r4" })).Should().BeTrue();
        (await usage.GetTotalsAsync(UsageScope.User("bob"), UsageRange.Today)).All.InputTokens.Should().Be(7);
    }

    private static async Task CheckConfigAsync(IConfigManager config)
    {
        (await config.LoadAsync<JsonElement>("features")).Should().BeNull();
        var limits = (await config.LoadAsync<int>("limits"))!;
        (limits.Version, limits.Value).Should().Be((3, 10));
        (await config.LoadAsync<int>("limits", 2))!.Value.Should().Be(20);
        (await config.ListVersionsAsync("limits")).Select(static v => v.Version).Should().BeEquivalentTo([1L, 2, 3]);
        (await config.SaveAsync("limits", 30, expectedVersion: 3)).Version.Should().Be(4);
        (await config.ListBackupsAsync()).Select(static b => b.Name).Should().Equal("before");
        (await config.RestoreAsync("before")).Should().Be(2);
        (await config.LoadAsync<JsonElement>("features"))!.Value.GetProperty("dark").GetBoolean().Should().BeTrue();
        (await config.LoadAsync<int>("limits"))!.Value.Should().Be(10);
    }

    private static async Task CheckValuesAsync(IBluePlanState state)
    {
        var values = state.Store;
        var draft = (await values.GetAsync<Cart>("drafts", "alice"))!;
        (draft.Value.Count, draft.ExpiresAt?.Year).Should().Be((10, 2100));
        (await values.GetAsync<string>("drafts", "plain"))!.Value.Should().Be("text 文");
        (await values.ListKeysAsync("drafts")).Items.Should().Equal("alice", "fenced", "plain");
        (await values.GetFieldAsync<string>("profile", "alice", "name")).Should().Be("Alice");
        (await values.GetFieldAsync<string>("profile", "alice", "city")).Should().BeNull();
        (await values.IncrementFieldAsync("profile", "alice", "visits")).Should().Be(43);

        await using var lease = await state.Locks.AcquireAsync("nightly");
        lease.FencingToken.Should().BeGreaterThan(1);
        await state.FencedBy(lease).Store.SetAsync("drafts", "fenced", 6);
        (await values.GetAsync<int>("drafts", "fenced"))!.Value.Should().Be(6);
    }

    private sealed record Cart(IReadOnlyList<string> Items, int Count);
}
