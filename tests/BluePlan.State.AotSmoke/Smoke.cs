using System.Text.Json.Nodes;

namespace BluePlan.State.AotSmoke;

/// <summary>One use of each manager, each answer compared.</summary>
internal static class Smoke
{
    public static async Task RunAsync(IBluePlanState state)
    {
        var session = await state.Sessions.CreateAsync("alice", new SmokeData("light", 0));
        await state.Sessions.UpdateAsync<SmokeData>(session.Id, s => s with { Number = s.Number + 1 });
        await state.Sessions.PatchAsync(session.Id, new JsonObject { ["Text"] = "dark" });
        Same(new SmokeData("dark", 1), (await state.Sessions.GetAsync<SmokeData>(session.Id))?.Data);

        var conversation = await state.History.CreateAsync("alice", "Smoke");
        await state.History.AppendAsync(conversation.Id,
        [
            HistoryMessage.User("你好"),
            new() { Role = MessageRole.Assistant, ToolCalls = [new("c1", "now", "{}")] },
            new() { Role = MessageRole.Tool, ToolResults = [new("c1", "noon")] },
        ]);
        Same(3, (await state.History.ReadAsync(conversation.Id)).Count);
        await using (var exported = new MemoryStream())
        {
            await state.History.ExportAsync(conversation.Id, exported);
            exported.Position = 0;
            var imported = (await state.History.ImportAsync("bob", exported)).Conversations[0];
            Same(3L, (await state.History.GetAsync(imported.Id))?.MessageCount);
        }

        await state.TokenUsage.RecordAsync(new() { RequestId = "r1", UserId = "alice", Model = "m", SessionId = session.Id, InputTokens = 10, OutputTokens = 5 });
        Same(15L, (await state.TokenUsage.GetDashboardAsync()).Today.All.TotalTokens);
        Same("alice", (await state.TokenUsage.GetRankingAsync(UsageRange.Today)).Single().UserId);

        await state.Config.SaveAsync("app", new SmokeData("one", 1));
        await state.Config.SaveAsync("app", new SmokeData("two", 2), expectedVersion: 1);
        await state.Config.RollbackAsync("app", 1);
        Same(new SmokeData("one", 1), (await state.Config.LoadAsync<SmokeData>("app"))?.Value);

        await state.Store.SetAsync("things", "one", new SmokeData("mine", 3));
        Same(7L, await state.Store.IncrementFieldAsync("things", "one", "count", 7));

        await using (var lease = await state.Locks.AcquireAsync("smoke"))
        {
            await state.FencedBy(lease).Store.SetAsync("things", "two", new SmokeData("fenced", 1));
            Same(true, lease.IsHeld);
        }

        var backup = await state.Backups.CreateAsync("smoke");
        Same(true, (await state.Backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill)).IsSound);
        await state.Store.DeleteAsync("things", "one");
        await state.Backups.RestoreAsync(backup.Id);
        Same(new SmokeData("mine", 3), (await state.Store.GetAsync<SmokeData>("things", "one"))?.Value);
        await state.MaintainAsync();
    }

    private static void Same<T>(T expected, T? actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new InvalidOperationException($"Expected {expected}, found {actual}.");
    }
}
