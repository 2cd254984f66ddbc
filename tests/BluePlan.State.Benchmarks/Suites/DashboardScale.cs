using System.Diagnostics;

namespace BluePlan.State.Benchmarks;

/// <summary>The widest questions of token accounting: many users, 30 days.</summary>
/// <param name="users">How many users; each made one call on one of the days.</param>
internal sealed class DashboardScale(int users)
{
    private const int Days = 30;
    private const int Times = 5;

    public async Task RunAsync(List<Note> notes)
    {
        await using (var server = await RedisServer.StartAsync())
        await using (var store = OurStore.OnRedis(server)) await AskAsync("Redis", store.State.TokenUsage, notes);
        await using (var store = OurStore.InMemory()) await AskAsync("memory", store.State.TokenUsage, notes);
    }

    private async Task AskAsync(string store, ITokenUsageManager usage, List<Note> notes)
    {
        var today = DateTimeOffset.UtcNow;
        var begun = Stopwatch.GetTimestamp();
        await Fill.ManyAsync(users, async i => await usage.RecordAsync(new()
        {
            RequestId = $"request-{i}",
            UserId = $"user-{i}",
            SessionId = $"session-{i}",
            Model = Requests.Model(i),
            InputTokens = Requests.Input(i),
            OutputTokens = Requests.Output(i),
            At = today.AddDays(-(i % Days)),
        }));
        notes.Add(new($"recording {users:N0} users' calls, 256 at once", store, users / Stopwatch.GetElapsedTime(begun).TotalSeconds, "ops/s"));
        await TimeAsync("dashboard", () => usage.GetDashboardAsync());
        await TimeAsync("totals", () => usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.LastDays(Days)));
        await TimeAsync("series by day", () => usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(Days), UsageInterval.Day));
        await TimeAsync("ranking", () => usage.GetRankingAsync(UsageRange.LastDays(Days)));
        await TimeAsync("distinct users", () => usage.CountUsersAsync(UsageRange.LastDays(Days)));

        async Task TimeAsync(string what, Func<Task> ask)
        {
            await ask();
            var times = new List<double>();
            for (var i = 0; i < Times; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await ask();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            notes.Add(new($"{what} over {Days} days of {users:N0} users", store, Spread.Of(times).Median, "ms"));
        }
    }
}
