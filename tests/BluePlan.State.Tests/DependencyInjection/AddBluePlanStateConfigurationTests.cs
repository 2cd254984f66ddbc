using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A config of a store as a source of an app's configuration.</summary>
[TestFixture]
public sealed class AddBluePlanStateConfigurationTests : FromBluePlanConfigFixture
{
    [Test]
    public async Task Host_ConfigIsThere_IsSeenByTheFirstServiceAndByOptions()
    {
        await SaveAsync("""{"Model":"stored","Temperature":1.5}""");
        string? seen = null;
        using var host = Build(configuration => configuration.AddBluePlanState("chat", o => o.Section = "Chat"), services =>
        {
            services.AddOptions<Settings>().BindConfiguration("Chat");
            services.AddHostedService(s => new First(() => seen = s.GetRequiredService<IConfiguration>()["Chat:Model"]));
        });
        host.Services.GetRequiredService<IConfiguration>()["Chat:Model"].Should().BeNull("the host has not started");

        await host.StartAsync().WaitAsync(Patience);

        seen.Should().Be("stored");
        host.Services.GetRequiredService<IOptions<Settings>>().Value.Should().BeEquivalentTo(new { Model = "stored", Temperature = 1.5 });
        await host.StopAsync().WaitAsync(Patience);
    }

    [Test]
    public async Task Config_SavedAndDeleted_IsReloaded()
    {
        await Config.DeleteAsync("chat");
        using var host = Build(static configuration => configuration.AddInMemoryCollection([new("Model", "default")]).AddBluePlanState("chat"), static services => services.AddOptions<Settings>().BindConfiguration(""));
        await host.StartAsync().WaitAsync(Patience);
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        configuration["Model"].Should().Be("default");

        await ReloadedAsync(configuration, () => SaveAsync("""{"model":"one"}"""));
        configuration["Model"].Should().Be("one");
        host.Services.GetRequiredService<IOptionsMonitor<Settings>>().CurrentValue.Model.Should().Be("one");
        await ReloadedAsync(configuration, () => SaveAsync("""{"model":"two"}"""));
        configuration["Model"].Should().Be("two");
        await ReloadedAsync(configuration, () => Config.DeleteAsync("chat"));
        configuration["Model"].Should().Be("default");
    }

    [TestCase("""{"Chat":1,"chat":2}""")]
    [TestCase("""{"a":{"b":1},"A:b":2}""")]
    [TestCase("[1]")]
    [TestCase("1")]
    public async Task Config_CannotBeAConfiguration_KeepsTheLastValuesAndSaysSo(string json)
    {
        await SaveAsync("""{"Model":"good"}""");
        using var host = Build(static configuration => configuration.AddBluePlanState("chat"));
        await host.StartAsync().WaitAsync(Patience);

        await SaveAsync(json);
        await PollAsync(() => Logs.Entries.Any(static e => e.Event.Id == LogEvents.ConfigNotValid));

        var configuration = host.Services.GetRequiredService<IConfiguration>();
        configuration["Model"].Should().Be("good");
        await ReloadedAsync(configuration, () => SaveAsync("""{"Model":"better"}"""));
        configuration["Model"].Should().Be("better");
    }

    [TestCase("""{}""")]
    [TestCase("""{"a":null,"b":{},"c":[],"d":[1,"x",{"e":[true,false]}],"f":"","g":1.50,"h":-1e3,"i":"北京"}""")]
    [TestCase("""{"a:b":{"c":1},"":2}""")]
    public void Flatten_AnyJson_IsWhatAFileOfItWouldBe(string json)
    {
        var file = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

        var settings = JsonSettings.Flatten(JsonElement.Parse(json), "");

        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().AsEnumerable().Should().BeEquivalentTo(file.AsEnumerable());
    }

    [Test]
    public void Flatten_ValueInASection_IsTheSection() => JsonSettings.Flatten(JsonElement.Parse("[5]"), "A:B").Should().Equal(new Dictionary<string, string?> { ["A:B:0"] = "5" });

    [Test]
    public async Task Host_TenantsConfig_IsThatTenants()
    {
        await SaveAsync("""{"Model":"default tenant"}""");
        await Services.GetRequiredService<IBluePlanState>().ForTenant("acme").Config.SaveAsync("chat", JsonNode.Parse("""{"Model":"acme"}""")!);
        using var host = Build(static configuration => configuration.AddBluePlanState("chat", static o => o.Tenant = "acme"));

        await host.StartAsync().WaitAsync(Patience);

        host.Services.GetRequiredService<IConfiguration>()["Model"].Should().Be("acme");
    }

    [Test]
    public async Task Host_NamedStore_IsReadFromThatStoreOnly()
    {
        await SaveAsync("""{"Model":"stored"}""");
        using var host = Build(static configuration => configuration.AddBluePlanState("chat", static o => o.StoreName = "second"), services =>
            services.AddBluePlanState("second", state => state.UseProvider(_ => new BorrowedStore(Provider))), static state => state.UseInMemory());

        await host.StartAsync().WaitAsync(Patience);

        host.Services.GetRequiredService<IConfiguration>()["Model"].Should().Be("stored");
    }

    [Test]
    public async Task Host_ConfigurationIsChained_IsFilledToo()
    {
        await SaveAsync("""{"Model":"stored"}""");
        var inner = new ConfigurationBuilder().AddBluePlanState("chat").Build();
        using var host = Build(configuration => configuration.AddConfiguration(inner));

        await host.StartAsync().WaitAsync(Patience);

        host.Services.GetRequiredService<IConfiguration>()["Model"].Should().Be("stored");
    }

    [Test]
    public async Task Host_StoreIsAway_StartsAndFollowsOnceItIsBack()
    {
        await SaveAsync("""{"Model":"stored"}""");
        Provider.OnRead = static (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        using var host = Build(static configuration => configuration.AddBluePlanState("chat"));
        await host.StartAsync().WaitAsync(Patience);
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        configuration["Model"].Should().BeNull();

        Provider.OnRead = null;

        await PollAsync(() => configuration["Model"] == "stored");
        Logs.Entries.Should().Contain(static e => e.Event.Id == LogEvents.ConfigNotRead);
    }

    [Test]
    public async Task Host_ProviderCannotWatch_DoesNotStart()
    {
        using var host = Build(static configuration => configuration.AddBluePlanState("chat"), configureState: static state => state.UseProvider(static _ => new Unwatched(new InMemoryStateProvider())));

        await FluentActions.Awaiting(() => host.StartAsync().WaitAsync(Patience)).Should().ThrowAsync<NotSupportedException>();
    }

    [Test]
    public async Task Configuration_OutlivesItsHost_ServesTheNext()
    {
        await SaveAsync("""{"Model":"one"}""");
        var configuration = new ConfigurationBuilder().AddBluePlanState("chat").Build();
        using (var first = Build(c => c.AddConfiguration(configuration))) await first.StartAsync().WaitAsync(Patience);
        await SaveAsync("""{"Model":"two"}""");
        configuration["Model"].Should().Be("one");

        await PollAsync(async () =>
        {
            using var next = Build(c => c.AddConfiguration(configuration));
            await next.StartAsync().WaitAsync(Patience);
            return configuration["Model"] == "two";
        });
    }

    [Test]
    public void AddBluePlanState_BadNames_AreRefused()
    {
        var builder = new ConfigurationBuilder();
        foreach (var name in new[] { "", new string('x', 385), "\uD83D" }) FluentActions.Invoking(() => builder.AddBluePlanState(name)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => builder.AddBluePlanState(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => builder.AddBluePlanState("chat", static o => o.StoreName = "")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => builder.AddBluePlanState("chat", static o => o.Tenant = "\uD83D")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => builder.AddBluePlanState("chat", static o => o.Section = null!)).Should().Throw<ArgumentNullException>();
        builder.Sources.Should().BeEmpty();
    }

    private Task SaveAsync(string json) => Config.SaveAsync("chat", JsonNode.Parse(json)!);

    private IHost Build(Action<IConfigurationBuilder> configure, Action<IServiceCollection>? configureServices = null, Action<BluePlanStateBuilder>? configureState = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        configure(builder.Configuration);
        builder.Services.AddSingleton<ILoggerFactory>(Logs).AddBluePlanState(state =>
        {
            state.UseProvider(_ => new BorrowedStore(Provider));
            configureState?.Invoke(state);
        });
        configureServices?.Invoke(builder.Services);
        return builder.Build();
    }

    private static async Task ReloadedAsync(IConfiguration configuration, Func<Task> change)
    {
        var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = ChangeToken.OnChange(configuration.GetReloadToken, () => reloaded.TrySetResult());
        await change();
        await reloaded.Task.WaitAsync(Patience);
    }

    private static Task PollAsync(Func<bool> isSo) => PollAsync(() => Task.FromResult(isSo()));

    private static async Task PollAsync(Func<Task<bool>> isSo)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); !await isSo(); await Task.Delay(10)) TimeProvider.System.GetElapsedTime(begun).Should().BeLessThan(Patience);
    }

    private sealed class First(Action onStart) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            onStart();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Unwatched(IStateProvider inner) : DelegatingStateProvider(inner)
    {
        public override StateCapabilities Capabilities => base.Capabilities & ~StateCapabilities.Watch;

        public override IAsyncEnumerable<StateKey> WatchAsync(StateKey key, CancellationToken cancellationToken) => throw new NotSupportedException("It cannot watch.");
    }
}
