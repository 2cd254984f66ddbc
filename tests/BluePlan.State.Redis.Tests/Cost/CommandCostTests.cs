using System.Text.Json.Nodes;
using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>What each call of a manager costs on Redis: round trips, commands, and commands that its scripts run, as the server itself counts them.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CommandCostTests
{
    private static readonly string[] Expected =
    [
        "sessions.CreateAsync: 1 trip, 1 command",
        "sessions.GetAsync: 1 trip, 1 command",
        "sessions.PeekAsync: 1 trip, 1 command",
        "sessions.UpdateAsync: 2 trips, 2 commands",
        "sessions.PatchAsync: 2 trips, 2 commands",
        "sessions.SetStatusAsync: 2 trips, 2 commands",
        "sessions.ListAsync of two: 1 trip, 1 command",
        "sessions.SaveAsync: 2 trips, 2 commands",
        "sessions.RotateAsync: 3 trips, 3 commands",
        "sessions.DeleteAsync: 2 trips, 2 commands",
        "sessions.DeleteAllAsync: 2 trips, 2 commands",
        "history.CreateAsync: 1 trip, 1 command",
        "history.AppendAsync: 1 trip, 1 command",
        "history.ReadAsync: 1 trip, 1 command",
        "history.GetAsync: 1 trip, 3 commands",
        "history.ListAsync: 1 trip, 1 command",
        "history.RenameAsync: 2 trips, 2 commands",
        "history.EditAsync: 2 trips, 3 commands",
        "history.DeleteAsync: 1 trip, 1 command",
        "usage.RecordAsync: 1 trip, 1 command",
        "usage.GetTotalsAsync of a user, one day, where a record waits to be posted: 3 trips, 4 commands",
        "usage.GetTotalsAsync of a user, one day: 2 trips, 3 commands",
        "usage.GetTotalsAsync of everyone, one day: 2 trips, 96 commands",
        "usage.GetRankingAsync, seven days: 2 trips, 64 commands",
        "usage.CountUsersAsync, one day: 2 trips, 64 commands",
        "usage.GetDashboardAsync: 3 trips, 224 commands",
        "config.SaveAsync: 2 trips, 2 commands",
        "config.LoadAsync: 1 trip, 1 command",
        "config.ListAsync: 1 trip, 1 command",
        "config.RollbackAsync: 2 trips, 3 commands",
        "store.SetAsync: 1 trip, 1 command",
        "store.GetAsync: 1 trip, 1 command",
        "store.UpdateAsync: 2 trips, 2 commands",
        "store.IncrementFieldAsync, the first: 3 trips, 3 commands",
        "store.IncrementFieldAsync: 1 trip, 1 command",
        "store.GetFieldsAsync: 1 trip, 1 command",
        "store.ListKeysAsync: 2 trips, 33 commands",
        "store.DeleteAsync: 1 trip, 1 command",
        "locks.AcquireAsync: 1 trip, 1 command",
        "locks.TryAcquireAsync of one that is held: 1 trip, 1 command",
        "lease.ExtendAsync: 1 trip, 1 command",
        "store.SetAsync under a lock: 1 trip, 1 command",
        "lease.ReleaseAsync: 1 trip, 1 command",
    ];

    private readonly List<string> _found = [];
    private IBluePlanState _state = null!;
    private InterceptingProvider _provider = null!;
    private CommandMonitor _monitor = null!;
    private bool _counts;

    [Test]
    public async Task EveryCall_Warm_CostsWhatIsPromised()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var services = new ServiceCollection().AddBluePlanState(state => state.UseRedis(server.ConnectionString).Decorate((_, inner) => _provider = new InterceptingProvider(inner))).Services.BuildServiceProvider();
        _state = services.GetRequiredService<IBluePlanState>();
        using (_monitor = await CommandMonitor.StartAsync(server))
        {
            // Once to connect and to teach the server the scripts, then for the record.
            await RunAsync("warm");
            _counts = true;
            await RunAsync("alice");
        }

        _found.Should().Equal(Expected);
    }

    [Test]
    public async Task EveryReadOfManyKeys_Warm_CostsOneScriptAPartition()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var provider = _provider = new InterceptingProvider(new RedisStateProvider(server.ConnectionString));
        await provider.OpenAsync(4, CancellationToken.None);
        static StateKey Document(int id, int partition = 0) => new(partition, StateShape.Document, "document", $"{id}");
        var log = new StateKey(0, StateShape.Log, "log", "one");
        for (var partition = 0; partition < 4; partition++) await provider.CommitAsync(new([.. Enumerable.Range(0, 20).Select(i => new PutDocument(Document(i, partition), default))]), CancellationToken.None);
        await provider.CommitAsync(new([new AppendEntries(log, [default]), .. Enumerable.Range(1_000, 30).Select(static i => new PutDocument(Document(i), new byte[200_000]))]), CancellationToken.None);
        StateKey small = new(0, StateShape.Index, "index", "small"), big = new(0, StateShape.Index, "index", "big");
        await provider.CommitAsync(new(new SetScores(small, [.. Enumerable.Range(0, 20).Select(static i => new IndexMember($"{i}", i))]), new SetScores(big, [.. Enumerable.Range(1_000, 30).Select(static i => new IndexMember($"{i}", i))])), CancellationToken.None);
        var tail = (await provider.ReadAsync(new LogRead(log)))!;
        using (_monitor = await CommandMonitor.StartAsync(server))
        {
            foreach (var counts in new[] { false, true })
            {
                _counts = counts;
                await ReadAsync("20 documents", Enumerable.Range(0, 20).Select(static i => new DocumentRead(Document(i))));
                await ReadAsync("20 documents that are touched", Enumerable.Range(0, 20).Select(static i => new DocumentRead(Document(i), StateExpiry.Sliding(TimeSpan.FromHours(1)))));
                await ReadAsync("one document that is touched", [new DocumentRead(Document(1), StateExpiry.Sliding(TimeSpan.FromHours(1)))]);
                await ReadAsync("300 documents, most of them absent", Enumerable.Range(0, 300).Select(static i => new DocumentRead(Document(i))));
                await ReadAsync("30 documents of 200,000 bytes", Enumerable.Range(1_000, 30).Select(static i => new DocumentRead(Document(i))));
                await ReadAsync("80 documents of four partitions, and a log", [.. Enumerable.Range(0, 80).Select(static i => new DocumentRead(Document(i / 4, i % 4))), new LogRead(log)]);
                await ReadAsync("a page of 20 documents", [new PageRead(small, "document", "", 20)]);
                await ReadAsync("a page of 30 documents of 200,000 bytes", [new PageRead(big, "document", "", 30)]);
                await ReadAsync("the tail of a log without news", [new TailRead(log, 20, new(tail.Revision, tail.LastSequence))]);
            }
        }

        _found.Should().Equal(
            "20 documents: 1 trip, 1 command", "20 documents that are touched: 1 trip, 1 command", "one document that is touched: 1 trip, 1 command", "300 documents, most of them absent: 1 trip, 3 commands",
            "30 documents of 200,000 bytes: 1 trip, 2 commands", "80 documents of four partitions, and a log: 1 trip, 5 commands", "a page of 20 documents: 1 trip, 1 command", "a page of 30 documents of 200,000 bytes: 1 trip, 2 commands",
            "the tail of a log without news: 1 trip, 1 command");

        Task<IReadOnlyList<StateContent?>> ReadAsync(string name, IEnumerable<StateRead> reads) => CostAsync(name, async () => await provider.ReadAsync([.. reads], CancellationToken.None));
    }

    private async Task RunAsync(string user)
    {
        var (sessions, history, usage, config, store) = (_state.Sessions, _state.History, _state.TokenUsage, _state.Config, _state.Store);
        var session = await CostAsync("sessions.CreateAsync", () => sessions.CreateAsync(user, new JsonObject { ["turns"] = 0 }));
        await sessions.CreateAsync(user, new JsonObject());
        await CostAsync("sessions.GetAsync", () => sessions.GetAsync<JsonObject>(session.Id));
        await CostAsync("sessions.PeekAsync", () => sessions.PeekAsync<JsonObject>(session.Id));
        await CostAsync("sessions.UpdateAsync", () => sessions.UpdateAsync<JsonObject>(session.Id, static _ => new() { ["turns"] = 1 }));
        await CostAsync("sessions.PatchAsync", () => sessions.PatchAsync(session.Id, new() { ["turns"] = 2 }));
        await CostAsync("sessions.SetStatusAsync", () => sessions.SetStatusAsync(session.Id, SessionStatus.Closed));
        await CostAsync("sessions.ListAsync of two", () => sessions.ListAsync<JsonObject>(user));
        session = await sessions.GetAsync<JsonObject>(session.Id);
        await CostAsync("sessions.SaveAsync", () => sessions.SaveAsync(session!));
        var rotated = await CostAsync("sessions.RotateAsync", () => sessions.RotateAsync(session!.Id));
        await CostAsync("sessions.DeleteAsync", () => sessions.DeleteAsync(rotated!));
        await CostAsync("sessions.DeleteAllAsync", () => sessions.DeleteAllAsync(user));

        var conversation = await CostAsync("history.CreateAsync", () => history.CreateAsync(user, "Weather"));
        await CostAsync("history.AppendAsync", () => history.AppendAsync(conversation.Id, [HistoryMessage.User("Will it rain?"), HistoryMessage.Assistant("Until two.")]));
        await CostAsync("history.ReadAsync", () => history.ReadAsync(conversation.Id));
        await CostAsync("history.GetAsync", () => history.GetAsync(conversation.Id));
        await CostAsync("history.ListAsync", () => history.ListAsync(user));
        await CostAsync("history.RenameAsync", () => history.RenameAsync(conversation.Id, "Rain"));
        await CostAsync("history.EditAsync", () => history.EditAsync(conversation.Id, 1, static message => message with { Text = "Will it snow?" }));
        await CostAsync("history.DeleteAsync", () => history.DeleteAsync(conversation.Id));

        await CostAsync("usage.RecordAsync", () => usage.RecordAsync(new() { RequestId = $"{user}-1", UserId = user, SessionId = "s", Model = "gpt-5", InputTokens = 10, OutputTokens = 5 }));
        await CostAsync("usage.GetTotalsAsync of a user, one day, where a record waits to be posted", () => usage.GetTotalsAsync(UsageScope.User(user), UsageRange.Today));
        await CostAsync("usage.GetTotalsAsync of a user, one day", () => usage.GetTotalsAsync(UsageScope.User(user), UsageRange.Today));
        await CostAsync("usage.GetTotalsAsync of everyone, one day", () => usage.GetTotalsAsync(UsageScope.Everyone, UsageRange.Today));
        await CostAsync("usage.GetRankingAsync, seven days", () => usage.GetRankingAsync(UsageRange.LastDays(7)));
        await CostAsync("usage.CountUsersAsync, one day", () => usage.CountUsersAsync(UsageRange.Today));
        await CostAsync("usage.GetDashboardAsync", () => usage.GetDashboardAsync());

        var saved = await CostAsync("config.SaveAsync", () => config.SaveAsync(user, new JsonObject { ["model"] = "gpt-5" }));
        await config.SaveAsync(user, new JsonObject { ["model"] = "gpt-5-mini" });
        await CostAsync("config.LoadAsync", () => config.LoadAsync<JsonObject>(user));
        await CostAsync("config.ListAsync", () => config.ListAsync());
        await CostAsync("config.RollbackAsync", () => config.RollbackAsync(user, saved.Version));

        await CostAsync("store.SetAsync", () => store.SetAsync("drafts", user, "Dear team"));
        await CostAsync("store.GetAsync", () => store.GetAsync<string>("drafts", user));
        await CostAsync("store.UpdateAsync", () => store.UpdateAsync<string>("drafts", user, static draft => draft + "!"));
        await CostAsync("store.IncrementFieldAsync, the first", () => store.IncrementFieldAsync("pages", user, "visits"));
        await CostAsync("store.IncrementFieldAsync", () => store.IncrementFieldAsync("pages", user, "visits"));
        await CostAsync("store.GetFieldsAsync", () => store.GetFieldsAsync<long>("pages", user));
        await CostAsync("store.ListKeysAsync", () => store.ListKeysAsync("drafts"));
        await CostAsync("store.DeleteAsync", () => store.DeleteAsync("drafts", user));

        var lease = await CostAsync("locks.AcquireAsync", () => _state.Locks.AcquireAsync(user, TimeSpan.FromMinutes(1)));
        await CostAsync("locks.TryAcquireAsync of one that is held", () => _state.Locks.TryAcquireAsync(user));
        await CostAsync("lease.ExtendAsync", async () =>
        {
            await lease.ExtendAsync();
            return true;
        });
        var fenced = _state.FencedBy(lease).Store;
        await CostAsync("store.SetAsync under a lock", () => fenced.SetAsync("reports", user, "All is well"));
        await CostAsync("lease.ReleaseAsync", () => lease.ReleaseAsync());
    }

    private async Task<T> CostAsync<T>(string name, Func<Task<T>> call)
    {
        await _monitor.TakeAsync();
        _provider.ResetCounts();
        var answer = await call();
        var (sent, inScripts) = await _monitor.TakeAsync();
        if (!_counts) return answer;
        var trips = _provider.Reads + _provider.Commits;
        var cost = $"{name}: {trips} {(trips == 1 ? "trip" : "trips")}, {sent.Count} {(sent.Count == 1 ? "command" : "commands")}";
        _found.Add(cost);
        await TestContext.Out.WriteLineAsync($"{cost} ({string.Join(' ', Counted(sent))}), in scripts {inScripts.Count} ({string.Join(' ', Counted(inScripts))})");
        return answer;
    }

    private static IEnumerable<string> Counted(IEnumerable<string> commands) => commands.CountBy(static c => c).Select(static c => c.Value == 1 ? c.Key : $"{c.Value}×{c.Key}");
}
