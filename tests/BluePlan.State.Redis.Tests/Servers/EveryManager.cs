using System.Text.Json.Nodes;
using FluentAssertions;

namespace BluePlan.State.Redis.Tests;

/// <summary>Calls of every manager, which lead to every kind of commit and read.</summary>
internal static class EveryManager
{
    public static async Task UseAsync(IBluePlanState state)
    {
        var session = await state.Sessions.CreateAsync("alice", new JsonObject { ["turns"] = 0 });
        await state.Sessions.GetAsync<JsonObject>(session.Id);
        await state.Sessions.UpdateAsync<JsonObject>(session.Id, static _ => new() { ["turns"] = 1 });
        (await state.Sessions.ListAsync<JsonObject>("alice")).Items.Should().ContainSingle();
        var conversation = await state.History.CreateAsync("alice", "Weather");
        await state.History.AppendAsync(conversation.Id, [HistoryMessage.User("Will it rain?"), HistoryMessage.Assistant("Until two.")]);
        await state.History.EditAsync(conversation.Id, 1, static message => message with { Text = "Will it snow?" });
        (await state.History.ReadAsync(conversation.Id)).Should().HaveCount(2);
        await state.TokenUsage.RecordAsync(new() { RequestId = "1", UserId = "alice", SessionId = "s", Model = "gpt-5", InputTokens = 10, OutputTokens = 5 });
        (await state.TokenUsage.GetRankingAsync(UsageRange.LastDays(7))).Should().ContainSingle();
        await state.TokenUsage.GetDashboardAsync();
        await state.Config.SaveAsync("models", new JsonObject { ["model"] = "gpt-5" });
        await state.Store.IncrementFieldAsync("pages", "one", "visits");
        await using (var lease = await state.Locks.AcquireAsync("nightly"))
        {
            await lease.ExtendAsync();
            await state.FencedBy(lease).Store.SetAsync("pages", "two", new JsonObject { ["visits"] = 1 });
        }
        await state.Sessions.DeleteAllAsync("alice");
        await state.History.DeleteAsync(conversation.Id);
    }
}
