using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What is stored is read before the host's services start.</summary>
[TestFixture]
public sealed class FromBluePlanConfigStartupTests : FromBluePlanConfigFixture
{
    [Test]
    public async Task StartingAsync_ConfigIsThere_HasReadItWhenItEnds()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        await Config.SaveAsync("chat", new Settings { Model = "stored" });

        await Startup().StartingAsync(default);

        Provider.OnRead = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        Services.GetRequiredService<IOptions<Settings>>().Value.Model.Should().Be("stored");
    }

    [Test]
    public async Task Host_StartsValidatesAndRuns_OnWhatIsStored()
    {
        await Config.SaveAsync("chat", new Settings { Model = "stored" });
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddBluePlanState(state => state.UseProvider(_ => new BorrowedStore(Provider)));
        builder.Services.AddSingleton<ILoggerFactory>(Logs);
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
        Collection.AddOptions<Settings>().Configure(o => o.Model = "default").FromBluePlanConfig("chat");
        Provider.OnRead = (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);

        await Startup().StartingAsync(default).WaitAsync(Patience);

        Monitor.CurrentValue.Model.Should().Be("default");
    }

    [Test]
    public async Task StartingAsync_StoreDoesNotAnswer_EndsByCancellation()
    {
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat");
        var never = new TaskCompletionSource<IReadOnlyList<StateContent?>>();
        Provider.OnRead = (_, _) => new(never.Task);
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
        Collection.AddBluePlanState("bare", state => state.UseProvider(_ => bare));
        Collection.AddOptions<Settings>().FromBluePlanConfig("chat", "bare");

        await Startup().Awaiting(s => s.StartingAsync(default)).Should().ThrowAsync<NotSupportedException>();

        Services.Invoking(s => s.GetRequiredService<IOptions<Settings>>().Value).Should().Throw<NotSupportedException>();
        Logs.Entries.Should().ContainSingle().Which.Event.Id.Should().Be(LogEvents.ConfigNotFollowed);
    }

    private ConfigOptionsStartup Startup() => Services.GetServices<IHostedService>().OfType<ConfigOptionsStartup>().Single();

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
}
