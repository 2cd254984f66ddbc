using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FromBluePlanConfigTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ListLogger _log = new();
    private readonly InterceptingProvider _provider;
    private readonly ServiceCollection _services = new();
    private ServiceProvider? _built;

    public FromBluePlanConfigTests()
    {
        _provider = new(new InMemoryStateProvider(_time));
        _services.AddSingleton<TimeProvider>(_time).AddSingleton<ILoggerFactory>(_log);
        _services.AddBluePlanState(state => state.UseProvider(_ => _provider));
    }

    private ServiceProvider Services => _built ??= _services.BuildServiceProvider();

    private IConfigManager Config => Services.GetRequiredService<IConfigManager>();

    private IOptionsMonitor<Settings> Monitor => Services.GetRequiredService<IOptionsMonitor<Settings>>();

    [TearDown]
    public async Task TearDownAsync()
    {
        if (_built is not null) await _built.DisposeAsync();
    }

    [Test]
    public void CurrentValue_NoConfig_IsWhatTheHostConfigured()
    {
        _services.AddOptions<Settings>().Configure(o => o.Model = "default").FromBluePlanConfig("chat");

        Monitor.CurrentValue.Model.Should().Be("default");
        Services.GetRequiredService<IOptions<Settings>>().Value.Model.Should().Be("default");
    }

    [Test]
    public async Task CurrentValue_ConfigIsThere_IsTheConfig()
    {
        _services.AddOptions<Settings>().Configure(o => (o.Model, o.Temperature) = ("default", 9)).FromBluePlanConfig("chat").PostConfigure(o => o.Note += "post");
        await Config.SaveAsync("chat", new Settings { Model = "stored" });

        var settings = Services.GetRequiredService<IOptions<Settings>>().Value;
        (settings.Model, settings.Temperature, settings.Note).Should().Be(("stored", 0.5, "post"));
        Monitor.CurrentValue.Should().BeEquivalentTo(settings);
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<Settings>>().Value.Note.Should().Be("post", "one version is finished once");
        _log.Entries.Should().BeEmpty();
    }

    [Test]
    public async Task CurrentValue_ConfigChanges_Follows()
    {
        _services.AddOptions<Settings>().Configure(o => o.Model = "default").FromBluePlanConfig("chat");
        Monitor.CurrentValue.Model.Should().Be("default");

        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "one" }))).Model.Should().Be("one");
        Monitor.CurrentValue.Model.Should().Be("one");
        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "two" }))).Model.Should().Be("two");
        await using (var scope = Services.CreateAsyncScope()) scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<Settings>>().Value.Model.Should().Be("two");
        (await ChangeAsync(() => Config.DeleteAsync("chat"))).Model.Should().Be("default");
        (await ChangeAsync(() => Config.RollbackAsync("chat", 1))).Model.Should().Be("one");
    }

    [Test]
    public async Task CurrentValue_ChangeIsNotValid_StaysAndIsLogged()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat").Validate(o => o.Temperature <= 2, "too hot");
        await Config.SaveAsync("chat", new Settings { Model = "good" });
        Monitor.CurrentValue.Model.Should().Be("good");

        await Config.SaveAsync("chat", new Settings { Model = "bad", Temperature = 3 });
        await UntilAsync(() => _log.Entries.Any(e => e.Event.Id == LogEvents.ConfigNotValid));

        Monitor.CurrentValue.Model.Should().Be("good");
        var entry = _log.Entries.Should().ContainSingle().Which;
        entry.Level.Should().Be(LogLevel.Error);
        entry.Message.Should().Contain("Version 2").And.Contain("'chat'");
        entry.Exception.Should().BeOfType<OptionsValidationException>();
        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "better" }))).Model.Should().Be("better");
    }

    [Test]
    public async Task CurrentValue_ChangeCannotBeRead_StaysUntilOneCan()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "good" });
        Monitor.CurrentValue.Model.Should().Be("good");
        await Config.SaveAsync("chat", new[] { 1, 2 });
        await UntilAsync(() => _log.Entries.Any(e => e.Event.Id == LogEvents.ConfigNotRead));
        Monitor.CurrentValue.Model.Should().Be("good");

        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "readable" }))).Model.Should().Be("readable");

        _log.Entries.Should().OnlyContain(e => e.Event.Id == LogEvents.ConfigNotRead && e.Level == LogLevel.Warning && e.Exception is StateCorruptionException);
    }

    [Test]
    public async Task CurrentValue_StoreIsAwayAtFirst_IsTheDefaultUntilItIsBack()
    {
        _services.AddOptions<Settings>().Configure(o => o.Model = "default").FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "stored" });
        _provider.OnRead = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);

        Monitor.CurrentValue.Model.Should().Be("default");
        _log.Entries.Should().ContainSingle().Which.Message.Should().Contain("00:00:01");
        (await ChangeAsync(() =>
        {
            _provider.OnRead = null;
            return Task.CompletedTask;
        })).Model.Should().Be("stored");
    }

    [Test]
    public async Task CurrentValue_StoreIsAwayLater_KeepsTheLastAndTriesMoreSlowly()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "last" });
        Monitor.CurrentValue.Model.Should().Be("last");
        _provider.OnRead = (reads, read) => reads is [DocumentRead] ? throw new StateUnavailableException("Away.", mayHaveBeenWritten: false) : read();
        await Config.SaveAsync("chat", new Settings { Model = "missed" });

        for (var failures = 1; failures <= 9; failures++) await UntilAsync(() => _log.Entries.Count >= failures);

        Monitor.CurrentValue.Model.Should().Be("last");
        _log.Entries.Take(9).Select(e => e.Message[^9..^1]).Should().Equal("00:00:01", "00:00:02", "00:00:04", "00:00:08", "00:00:16", "00:00:32", "00:01:00", "00:01:00", "00:01:00");
        (await ChangeAsync(() =>
        {
            _provider.OnRead = null;
            return Task.CompletedTask;
        })).Model.Should().Be("missed");
    }

    [Test]
    public async Task CurrentValue_StoreComesBackUnchanged_TellsNobody()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "same" });
        var before = Monitor.CurrentValue;
        var changes = 0;
        using var listening = Monitor.OnChange(_ => changes++);
        _provider.OnRead = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        await _provider.CommitAsync(new(new NotifyWatchers(await KeyAsync())), default);
        await UntilAsync(() => !_log.Entries.IsEmpty);
        _provider.OnRead = null;
        var reads = _provider.Reads;
        await UntilAsync(() => _provider.Reads > reads);

        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "next" }))).Model.Should().Be("next");

        changes.Should().Be(1);
        before.Model.Should().Be("same");
    }

    [Test]
    public async Task OnChange_ListenerThrows_FollowingGoesOn()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat");
        using var listening = Monitor.OnChange(_ => throw new TimeoutException("mine"));

        await Config.SaveAsync("chat", new Settings { Model = "one" });
        await UntilAsync(() => _log.Entries.Any(e => e.Event.Id == LogEvents.ConfigListenerFailed));
        await Config.SaveAsync("chat", new Settings { Model = "two" });
        await UntilAsync(() => _log.Entries.Count == 2);

        Monitor.CurrentValue.Model.Should().Be("two");
    }

    [Test]
    public async Task Get_NamedOptions_FollowTheirOwnConfigs()
    {
        _services.AddOptions<Settings>("a").FromBluePlanConfig("config a");
        _services.AddOptions<Settings>("b").FromBluePlanConfig("config b");
        _services.AddOptions<Settings>("plain").Configure(o => o.Model = "plain");
        await Config.SaveAsync("config a", new Settings { Model = "A" });
        await Config.SaveAsync("config b", new Settings { Model = "B" });

        (Monitor.Get("a").Model, Monitor.Get("b").Model, Monitor.Get("plain").Model, Monitor.CurrentValue.Model).Should().Be(("A", "B", "plain", ""));
        (await ChangeAsync(() => Config.SaveAsync("config b", new Settings { Model = "B2" }))).Model.Should().Be("B2");
        Monitor.Get("a").Model.Should().Be("A");
    }

    [Test]
    public async Task CurrentValue_NamedStore_ComesFromThere()
    {
        await using var other = new InMemoryStateProvider(_time);
        _services.AddBluePlanState("telemetry", state => state.UseProvider(_ => other));
        _services.AddOptions<Settings>().FromBluePlanConfig("chat", "telemetry");
        await Config.SaveAsync("chat", new Settings { Model = "wrong store" });
        await Services.GetRequiredKeyedService<IConfigManager>("telemetry").SaveAsync("chat", new Settings { Model = "right store" });

        Monitor.CurrentValue.Model.Should().Be("right store");
    }

    [Test]
    public async Task FromBluePlanConfig_Twice_TheLastWins()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("old").FromBluePlanConfig("chat");
        await Config.SaveAsync("old", new Settings { Model = "old" });
        await Config.SaveAsync("chat", new Settings { Model = "chat" });
        Monitor.CurrentValue.Model.Should().Be("chat");
        var changes = 0;
        using var listening = Monitor.OnChange(_ => changes++);

        await Config.SaveAsync("old", new Settings { Model = "old 2" });
        await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "chat 2" }));

        changes.Should().Be(1);
        Services.GetServices<IHostedService>().OfType<ConfigOptionsStartup>().Should().ContainSingle();
    }

    [Test]
    public async Task StartingAsync_ConfigIsThere_HasReadItWhenItEnds()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "stored" });

        await Startup().StartingAsync(default);

        _provider.OnRead = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        Services.GetRequiredService<IOptions<Settings>>().Value.Model.Should().Be("stored");
    }

    [Test]
    public async Task Host_StartsValidatesAndRuns_OnWhatIsStored()
    {
        await Config.SaveAsync("chat", new Settings { Model = "stored" });
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddBluePlanState(state => state.UseProvider(_ => new BorrowedStore(_provider)));
        builder.Services.AddSingleton<ILoggerFactory>(_log);
        builder.Services.AddOptions<Settings>().FromBluePlanConfig("chat").Validate(o => o.Model.Length > 0, "no model").ValidateOnStart();
        string? seen = null;
        builder.Services.AddHostedService(services => new Reading(() => seen = services.GetRequiredService<IOptions<Settings>>().Value.Model));
        using var host = builder.Build();

        await host.StartAsync().WaitAsync(Patience);
        await host.StopAsync().WaitAsync(Patience);

        seen.Should().Be("stored");
    }

    [Test]
    public async Task StartingAsync_StoreIsAway_StartsWithDefaults()
    {
        _services.AddOptions<Settings>().Configure(o => o.Model = "default").FromBluePlanConfig("chat");
        _provider.OnRead = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);

        await Startup().StartingAsync(default).WaitAsync(Patience);

        Monitor.CurrentValue.Model.Should().Be("default");
    }

    [Test]
    public async Task StartingAsync_StoreDoesNotAnswer_EndsByCancellation()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat");
        var never = new TaskCompletionSource<IReadOnlyList<StateContent?>>();
        _provider.OnRead = (_, _) => new(never.Task);
        using var cancellation = new CancellationTokenSource();
        var starting = Startup().StartingAsync(cancellation.Token);

        await cancellation.CancelAsync();

        await starting.Awaiting(s => s.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
        never.SetException(new StateUnavailableException("Away.", mayHaveBeenWritten: false));
    }

    [Test]
    public async Task StartingAsync_ProviderCannotWatch_SaysSo()
    {
        await using var harness = new BareDictionaryHarness();
        var bare = await harness.CreateAsync();
        _services.AddBluePlanState("bare", state => state.UseProvider(_ => bare));
        _services.AddOptions<Settings>().FromBluePlanConfig("chat", "bare");

        await Startup().Awaiting(s => s.StartingAsync(default)).Should().ThrowAsync<NotSupportedException>();

        Services.Invoking(s => s.GetRequiredService<IOptions<Settings>>().Value).Should().Throw<NotSupportedException>();
        _log.Entries.Should().ContainSingle().Which.Event.Id.Should().Be(LogEvents.ConfigNotFollowed);
    }

    [Test]
    public async Task DisposeAsync_Following_EndsIt()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat");
        _ = Monitor.CurrentValue;
        var follower = Services.GetRequiredKeyedService<ConfigOptionsFollower<Settings>>("");

        await Services.DisposeAsync().AsTask().WaitAsync(Patience);

        await follower.DisposeAsync();
        follower.WaitForCurrent().Should().BeNull();
        _log.Entries.Should().BeEmpty();
    }

    [Test]
    public void WaitForCurrent_DisposedBeforeItBegan_IsNothing()
    {
        _services.AddOptions<Settings>().FromBluePlanConfig("chat");
        var follower = Services.GetRequiredKeyedService<ConfigOptionsFollower<Settings>>("");

        follower.Dispose();

        follower.WaitForCurrent().Should().BeNull();
        _provider.Reads.Should().Be(0);
    }

    [Test]
    public void FromBluePlanConfig_BadArguments_AreRefused()
    {
        var options = _services.AddOptions<Settings>();

        options.Invoking(o => o.FromBluePlanConfig("")).Should().Throw<ArgumentException>();
        options.Invoking(o => o.FromBluePlanConfig(null!)).Should().Throw<ArgumentException>();
        options.Invoking(o => o.FromBluePlanConfig(new string('x', 385))).Should().Throw<ArgumentException>();
        options.Invoking(o => o.FromBluePlanConfig("chat", "")).Should().Throw<ArgumentException>();
        _services.Invoking(s => s.AddOptions<BluePlanStateOptions>().FromBluePlanConfig("own")).Should().Throw<ArgumentException>().WithMessage("*own settings*");
        _services.Invoking(s => s.AddOptions<BluePlanStateOptions>("telemetry").FromBluePlanConfig("own", "telemetry")).Should().Throw<ArgumentException>();
    }

    private ConfigOptionsStartup Startup() => Services.GetServices<IHostedService>().OfType<ConfigOptionsStartup>().Single();

    /// <summary>What listeners hear of after an action. Time passes meanwhile, so that pauses end.</summary>
    private async Task<Settings> ChangeAsync(Func<Task> action)
    {
        Settings? changed = null;
        using var listening = Monitor.OnChange(settings => Volatile.Write(ref changed, settings));
        await action();
        await UntilAsync(() => Volatile.Read(ref changed) is not null);
        return changed!;
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(begun).Should().BeLessThan(Patience);
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private async Task<StateKey> KeyAsync()
    {
        await foreach (var record in _provider.ExportAsync(default))
            if (record.Key.Type == "config") return record.Key;
        throw new InvalidOperationException("There is no config.");
    }

    private sealed class Settings
    {
        public string Model { get; set; } = "";

        public double Temperature { get; set; } = 0.5;

        public string Note { get; set; } = "";
    }

    /// <summary>A service that looks at something when it starts.</summary>
    private sealed class Reading(Action read) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            read();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>A store that is open already and that somebody else closes.</summary>
    private sealed class BorrowedStore(IStateProvider owner) : DelegatingStateProvider(owner)
    {
        public override ValueTask OpenAsync(int partitionCount, CancellationToken cancellationToken) => ValueTask.CompletedTask;

#pragma warning disable CA2215 // The owner disposes what this one only borrows.
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
    }
}
