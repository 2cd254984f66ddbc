using System.Text.Json.Serialization;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace BluePlan.State.Tests.Readme;

/// <summary>The snippets of the READMEs, word for word, as they compile and run.</summary>
[TestFixture]
public sealed class ReadmeSnippets
{
    private ServiceProvider _services = null!;
    private ISessionManager sessions = null!;
    private IHistoryManager history = null!;
    private ITokenUsageManager usage = null!;
    private IConfigManager config = null!;
    private IStateStore store = null!;
    private IBackupManager backups = null!;
    private ILockManager locks = null!;
    private IBluePlanState state = null!;
    private string _directory = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("bluestate-readme-").FullName;
        var services = new ServiceCollection();
        services.AddBluePlanState(b => b.UseInMemory().UseBackups(_directory));
        _services = services.BuildServiceProvider();
        state = _services.GetRequiredService<IBluePlanState>();
        (sessions, history, usage, config, store, backups, locks) = (state.Sessions, state.History, state.TokenUsage, state.Config, state.Store, state.Backups, state.Locks);
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public void Register_InOneLine()
    {
        var services = new ServiceCollection();

        services.AddBluePlanState();

        services.Should().Contain(static s => s.ServiceType == typeof(IBluePlanState));
    }

    [Test]
    public void Register_WithMore()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);

        builder.Services.AddBluePlanState(state => state
            .BindConfiguration()                           // the section BluePlanState, checked when the app starts
            .UseFile("/var/lib/chat")                      // or UseRedis("localhost:6379"), or UseInMemory()
            .UseJson(AppJson.Default)                      // source-generated JSON: fast, and fit for native AOT
            .UseBackups("/var/backups/chat"));

        builder.Services.Should().Contain(static s => s.ServiceType == typeof(IBluePlanState));
        builder.Configuration.AddBluePlanState("features", source => source.Section = "Features"); // or as options: AddOptions<T>().FromBluePlanConfig("chat")
        builder.Configuration.Sources.Should().ContainSingle(static s => s is BluePlanStateConfigurationSource);
    }

    [Test]
    public async Task Sessions()
    {
        var session = await sessions.CreateAsync("alice", new ChatState("light", Turns: 0));

        // In the next request: null when it is absent or has expired, else its timeout begins anew.
        var current = await sessions.GetAsync<ChatState>(session.Id);

        // The function runs again when somebody else wrote in between, so both changes survive.
        await sessions.UpdateAsync<ChatState>(session.Id, s => s with { Turns = s.Turns + 1 });

        // Or load when a request begins and save when it ends: a change in between is a StateConflictException.
        current = await sessions.GetAsync<ChatState>(session.Id);
        if (current is not null) await sessions.SaveAsync(current with { Data = current.Data with { Theme = "dark" } });

        // At login: a new id, and the old one is dead at once.
        var newId = await sessions.RotateAsync(session.Id);

        current!.Data.Turns.Should().Be(1);
        (await sessions.GetAsync<ChatState>(newId!))!.Data.Should().Be(new ChatState("dark", 1));
        (await sessions.GetAsync<ChatState>(session.Id)).Should().BeNull();
    }

    [Test]
    public async Task Conversations()
    {
        var conversation = await history.CreateAsync("alice", title: "An afternoon in Bergen");

        await history.AppendAsync(conversation.Id,
        [
            HistoryMessage.User("Will it rain?"),
            new() { Role = MessageRole.Assistant, ToolCalls = [new("call-1", "get_weather", """{"city":"Bergen"}""")] },
            new() { Role = MessageRole.Tool, ToolResults = [new("call-1", "light rain until two")] },
            HistoryMessage.Assistant("Until two. Take the museum first."),
        ]);

        var prompt = await history.ReadAsync(conversation.Id, MessageRange.Prompt(40)); // instructions and whole turns, no open calls
        var mine = await history.ListAsync("alice", pageSize: 20);                      // last activity first
        await foreach (var match in history.SearchUserAsync("alice", "rain")) Console.WriteLine(match.Message.Text);

        prompt.Should().HaveCount(4);
        mine.Items.Should().ContainSingle().Which.Title.Should().Be("An afternoon in Bergen");
    }

    [Test]
    public async Task Usage()
    {
        var session = await sessions.CreateAsync("alice", new ChatState("light", Turns: 0));

        await usage.RecordAsync(new()
        {
            RequestId = "chatcmpl-123",       // recorded twice, counted once
            UserId = "alice",
            SessionId = session.Id,
            Model = "gpt-5",
            InputTokens = 412, CachedInputTokens = 384, OutputTokens = 58,
        });

        var dashboard = await usage.GetDashboardAsync();
        var shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        var week = await usage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(7) with { Zone = shanghai }, UsageInterval.Day);
        var ranking = await usage.GetRankingAsync(UsageRange.Today, top: 10);

        dashboard.Today.All.TotalTokens.Should().Be(470);
        week.Should().HaveCount(7);
        ranking.Should().ContainSingle().Which.UserId.Should().Be("alice");
    }

    [Test]
    public async Task Configuration()
    {
        using var stopping = new CancellationTokenSource();
        var stop = stopping.Token;
        var seen = new List<string?>();

        var follow = async () =>
        {
            var saved = await config.SaveAsync("chat", new ChatSettings { Model = "gpt-5" });
            await config.SaveAsync("chat", new ChatSettings { Model = "gpt-5-mini" }, expectedVersion: saved.Version);
            await config.RollbackAsync("chat", saved.Version);
            await foreach (var entry in config.WatchAsync<ChatSettings>("chat", stop)) Apply(entry?.Value); // from any machine
        };

        await follow.Should().ThrowAsync<OperationCanceledException>();
        seen.Should().Equal("gpt-5");

        void Apply(ChatSettings? settings)
        {
            seen.Add(settings?.Model);
            stopping.Cancel();
        }
    }

    [Test]
    public async Task OwnData()
    {
        await store.SetAsync("drafts", "alice", "Dear team, …", StateExpiry.Sliding(TimeSpan.FromDays(7)));
        var draft = await store.GetAsync<string>("drafts", "alice");
        var visits = await store.IncrementFieldAsync("pages", "home", "visits");

        draft!.Value.Should().Be("Dear team, …");
        visits.Should().Be(1);
    }

    [Test]
    public async Task Locks()
    {
        await using var lease = await locks.AcquireAsync("report of today", TimeSpan.FromMinutes(1)); // one holder on all machines, renewed by itself
        var report = await WriteReportAsync(lease.Lost);                                             // cancelled when the lock is lost
        await state.FencedBy(lease).Store.SetAsync("reports", "today", report);                      // refused when a later holder has written

        (await store.GetAsync<string>("reports", "today"))!.Value.Should().Be("All is well.");

        static Task<string> WriteReportAsync(CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested ? Task.FromCanceled<string>(cancellationToken) : Task.FromResult("All is well.");
    }

    [Test]
    public async Task Backups()
    {
        var backup = await backups.CreateAsync("before the release");
        var check = await backups.VerifyAsync(backup.Id, BackupDepth.RestoreDrill);
        await backups.RestoreAsync(backup.Id);
        await backups.RestoreAsync(backup.Id, new() { Parts = StateParts.History, UserId = "alice" });

        check.IsSound.Should().BeTrue();
    }
}

internal sealed record ChatState(string Theme, int Turns);

internal sealed class ChatSettings
{
    public string Model { get; set; } = "gpt-5";
}

[JsonSerializable(typeof(ChatState))]
[JsonSerializable(typeof(ChatSettings))]
internal sealed partial class AppJson : JsonSerializerContext;
