using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>How options follow what is stored.</summary>
[TestFixture]
public sealed class FromBluePlanConfigTests : FromBluePlanConfigFixture
{
    [Test]
    public void CurrentValue_NoConfig_IsWhatTheHostConfigured()
    {
        Collection.AddOptions<Settings>().Configure(o => o.Model = "default").FromBluePlanConfig("chat");

        Monitor.CurrentValue.Model.Should().Be("default");
        Services.GetRequiredService<IOptions<Settings>>().Value.Model.Should().Be("default");
    }

    [Test]
    public async Task CurrentValue_ConfigIsThere_IsTheConfig()
    {
        Collection.AddOptions<Settings>().Configure(o => (o.Model, o.Temperature) = ("default", 9)).FromBluePlanConfig("chat").PostConfigure(o => o.Note += "post");
        await Config.SaveAsync("chat", new Settings { Model = "stored" });

        var settings = Services.GetRequiredService<IOptions<Settings>>().Value;
        (settings.Model, settings.Temperature, settings.Note).Should().Be(("stored", 0.5, "post"));
        Monitor.CurrentValue.Should().BeEquivalentTo(settings);
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<Settings>>().Value.Note.Should().Be("post", "one version is finished once");
        Logs.Entries.Should().BeEmpty();
    }

    [Test]
    public async Task CurrentValue_ConfigChanges_Follows()
    {
        Collection.AddOptions<Settings>().Configure(o => o.Model = "default").FromBluePlanConfig("chat");
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
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat").Validate(o => o.Temperature <= 2, "too hot");
        await Config.SaveAsync("chat", new Settings { Model = "good" });
        Monitor.CurrentValue.Model.Should().Be("good");

        await Config.SaveAsync("chat", new Settings { Model = "bad", Temperature = 3 });
        await UntilAsync(() => Logs.Entries.Any(e => e.Event.Id == LogEvents.ConfigNotValid));

        Monitor.CurrentValue.Model.Should().Be("good");
        var entry = Logs.Entries.Should().ContainSingle().Which;
        entry.Level.Should().Be(LogLevel.Error);
        entry.Message.Should().Contain("Version 2").And.Contain("'chat'");
        entry.Exception.Should().BeOfType<OptionsValidationException>();
        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "better" }))).Model.Should().Be("better");
    }

    [Test]
    public async Task CurrentValue_ChangeCannotBeRead_StaysUntilOneCan()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "good" });
        Monitor.CurrentValue.Model.Should().Be("good");
        await Config.SaveAsync("chat", new[] { 1, 2 });
        await UntilAsync(() => Logs.Entries.Any(e => e.Event.Id == LogEvents.ConfigNotRead));
        Monitor.CurrentValue.Model.Should().Be("good");

        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "readable" }))).Model.Should().Be("readable");

        Logs.Entries.Should().OnlyContain(e => e.Event.Id == LogEvents.ConfigNotRead && e.Level == LogLevel.Warning && e.Exception is StateSchemaException);
    }

    [Test]
    public async Task CurrentValue_StoreIsAwayAtFirst_IsTheDefaultUntilItIsBack()
    {
        Collection.AddOptions<Settings>().Configure(o => o.Model = "default").FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "stored" });
        Provider.OnRead = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);

        Monitor.CurrentValue.Model.Should().Be("default");
        Logs.Entries.Should().ContainSingle().Which.Message.Should().Contain("00:00:00.5");
        (await ChangeAsync(() =>
        {
            Provider.OnRead = null;
            return Task.CompletedTask;
        })).Model.Should().Be("stored");
    }

    [Test]
    public async Task CurrentValue_StoreIsAwayLater_KeepsTheLastTriesSoonAgainAndTellsItLessAndLess()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "last" });
        Monitor.CurrentValue.Model.Should().Be("last");
        var failures = 0;
        Provider.OnRead = (reads, read) =>
        {
            if (reads is not [DocumentRead]) return read();
            failures++;
            throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        };
        await Config.SaveAsync("chat", new Settings { Model = "missed" });

        await UntilAsync(() => failures >= 20);

        Monitor.CurrentValue.Model.Should().Be("last");
        // Told at the failures 1, 2, 4, 8 and 16.
        Logs.Entries.Should().HaveCount(5).And.OnlyContain(static e => e.Message.EndsWith("00:00:00.5000000.", StringComparison.Ordinal));
        (await ChangeAsync(() =>
        {
            Provider.OnRead = null;
            return Task.CompletedTask;
        })).Model.Should().Be("missed");
    }

    [Test]
    public async Task CurrentValue_StoreWasAwayForLong_FollowsWithinASecondAfterItIsBack()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "last" });
        Monitor.CurrentValue.Model.Should().Be("last");
        Provider.OnRead = (reads, read) => reads is [DocumentRead] ? throw new StateUnavailableException("Away.", mayHaveBeenWritten: false) : read();
        await Config.SaveAsync("chat", new Settings { Model = "missed" });
        var gone = Time.GetUtcNow();
        await UntilAsync(() => Time.GetUtcNow() - gone > TimeSpan.FromSeconds(60));

        Provider.OnRead = null;
        var back = Time.GetUtcNow();
        // Time goes on only as far as the follower does.
        for (var begun = TimeProvider.System.GetTimestamp(); Monitor.CurrentValue.Model != "missed" && TimeProvider.System.GetElapsedTime(begun) < Patience; await Task.Delay(20))
            if (Time.GetUtcNow() - back < TimeSpan.FromSeconds(1)) Time.Advance(TimeSpan.FromMilliseconds(100));

        Monitor.CurrentValue.Model.Should().Be("missed");
    }

    [Test]
    public async Task CurrentValue_StoreComesBackUnchanged_TellsNobody()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "same" }));
        var before = Monitor.CurrentValue;
        var changes = 0;
        using var listening = Monitor.OnChange(_ => changes++);
        Provider.OnRead = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        await Provider.CommitAsync(new(new NotifyWatchers(await KeyAsync())), default);
        await UntilAsync(() => !Logs.Entries.IsEmpty);
        Provider.OnRead = null;
        var reads = Provider.Reads;
        await UntilAsync(() => Provider.Reads > reads);

        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "next" }))).Model.Should().Be("next");

        changes.Should().Be(1);
        before.Model.Should().Be("same");
    }

    [Test]
    public async Task OnChange_ListenerThrows_FollowingGoesOn()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        using var listening = Monitor.OnChange(_ => throw new TimeoutException("mine"));

        await Config.SaveAsync("chat", new Settings { Model = "one" });
        await UntilAsync(() => Logs.Entries.Any(e => e.Event.Id == LogEvents.ConfigListenerFailed));
        await Config.SaveAsync("chat", new Settings { Model = "two" });
        await UntilAsync(() => Logs.Entries.Count == 2);

        Monitor.CurrentValue.Model.Should().Be("two");
    }

    [Test]
    public async Task Get_NamedOptions_FollowTheirOwnConfigs()
    {
        Collection.AddOptions<Settings>("a").FromBluePlanConfig("config a");
        Collection.AddOptions<Settings>("b").FromBluePlanConfig("config b");
        Collection.AddOptions<Settings>("plain").Configure(o => o.Model = "plain");
        (await ChangeAsync(() => Config.SaveAsync("config a", new Settings { Model = "A" }))).Model.Should().Be("A");
        (await ChangeAsync(() => Config.SaveAsync("config b", new Settings { Model = "B" }))).Model.Should().Be("B");

        (Monitor.Get("a").Model, Monitor.Get("b").Model, Monitor.Get("plain").Model, Monitor.CurrentValue.Model).Should().Be(("A", "B", "plain", ""));
        (await ChangeAsync(() => Config.SaveAsync("config b", new Settings { Model = "B2" }))).Model.Should().Be("B2");
        Monitor.Get("a").Model.Should().Be("A");
    }

    [Test]
    public async Task CurrentValue_NamedStore_ComesFromThere()
    {
        await using var other = new InMemoryStateProvider(Time);
        Collection.AddBluePlanState("telemetry", state => state.UseProvider(_ => other));
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat", "telemetry");
        await Config.SaveAsync("chat", new Settings { Model = "wrong store" });
        await Services.GetRequiredKeyedService<IConfigManager>("telemetry").SaveAsync("chat", new Settings { Model = "right store" });

        Monitor.CurrentValue.Model.Should().Be("right store");
    }

    [Test]
    public async Task FromBluePlanConfig_Twice_TheLastWins()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("old").FromBluePlanConfig("chat");
        await Config.SaveAsync("old", new Settings { Model = "old" });
        (await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "chat" }))).Model.Should().Be("chat");
        var changes = 0;
        using var listening = Monitor.OnChange(_ => changes++);

        await Config.SaveAsync("old", new Settings { Model = "old 2" });
        await ChangeAsync(() => Config.SaveAsync("chat", new Settings { Model = "chat 2" }));

        changes.Should().Be(1);
        Services.GetServices<IHostedService>().OfType<ConfigOptionsStartup>().Should().ContainSingle();
    }

    [Test]
    public async Task DisposeAsync_Following_EndsIt()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        _ = Monitor.CurrentValue;
        var follower = Services.GetRequiredKeyedService<ConfigOptionsFollower<Settings>>("");

        await Services.DisposeAsync().AsTask().WaitAsync(Patience);

        await follower.DisposeAsync();
        follower.WaitForCurrent().Should().BeNull();
        Logs.Entries.Should().BeEmpty();
    }

    [Test]
    public void WaitForCurrent_DisposedBeforeItBegan_IsNothing()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        var follower = Services.GetRequiredKeyedService<ConfigOptionsFollower<Settings>>("");

        follower.Dispose();

        follower.WaitForCurrent().Should().BeNull();
        Provider.Reads.Should().Be(0);
    }

    [Test]
    public void FromBluePlanConfig_BadArguments_AreRefused()
    {
        var options = Collection.AddOptions<Settings>();

        options.Invoking(o => o.FromBluePlanConfig("")).Should().Throw<ArgumentException>();
        options.Invoking(o => o.FromBluePlanConfig(null!)).Should().Throw<ArgumentException>();
        options.Invoking(o => o.FromBluePlanConfig(new string('x', 385))).Should().Throw<ArgumentException>();
        options.Invoking(o => o.FromBluePlanConfig("chat", "")).Should().Throw<ArgumentException>();
        Collection.Invoking(s => s.AddOptions<BluePlanStateOptions>().FromBluePlanConfig("own")).Should().Throw<ArgumentException>().WithMessage("*own settings*");
        Collection.Invoking(s => s.AddOptions<BluePlanStateOptions>("telemetry").FromBluePlanConfig("own", "telemetry")).Should().Throw<ArgumentException>();
    }

    /// <summary>
    /// What listeners hear of after an action. Time passes meanwhile, so that pauses end. Who looks at the options may have the first
    /// value before listeners hear of it, so a test that counts what they hear begins with this, before anybody has looked.
    /// </summary>
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
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private async Task<StateKey> KeyAsync()
    {
        await foreach (var record in Provider.ExportAsync(default))
            if (record.Key.Type == "config") return record.Key;
        throw new InvalidOperationException("There is no config.");
    }
}
