using BluePlan.State.Storage;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>What the fixtures of the managers share: for each test a harness, a new store, and the managers on it as a host gets them. Everything is disposed after the test.</summary>
/// <remarks>Each test has an instance of its own, so tests may run side by side.</remarks>
/// <typeparam name="THarness">The provider's harness.</typeparam>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[RepeatWhenLate]
public abstract class ManagerFixture<THarness> : ITimedTest where THarness : StateProviderHarness, new()
{
    private readonly List<ServiceProvider> _services = [];

    /// <summary>The harness of this test.</summary>
    protected THarness Harness { get; } = new();

    /// <inheritdoc/>
    public bool IsLate => Harness.IsLate;

    /// <summary>The managers of the default tenant.</summary>
    protected IBluePlanState State { get; private set; } = null!;

    /// <summary>What stands between <see cref="State"/> and its store: counts calls, and fails them when a test wants it.</summary>
    protected InterceptingProvider Provider { get; private set; } = null!;

    /// <summary>The harness's unit of time.</summary>
    protected TimeSpan Tick => Harness.Ticks(1);

    /// <summary>The harness's clock now.</summary>
    protected DateTimeOffset Now => Harness.Time.GetUtcNow();

    /// <summary>Settings that all tests of a fixture share; nothing by default.</summary>
    protected virtual void Configure(BluePlanStateBuilder builder) { }

    /// <summary>Makes the store.</summary>
    [SetUp]
    public async Task SetUpAsync()
    {
        await StartAsync();
        Harness.Begin();
    }

    /// <summary>Disposes everything.</summary>
    [TearDown]
    public async Task TearDownAsync()
    {
        foreach (var services in Enumerable.Reverse(_services)) await services.DisposeAsync();
        await Harness.DisposeAsync();
    }

    /// <summary>Begins again on a new, empty store.</summary>
    protected async Task StartAsync(Action<BluePlanStateBuilder>? configure = null) => Use(await Harness.CreateAsync(), configure);

    /// <summary>Ends what runs and opens the same store again, as after a restart of the process. Skips the test when the store does not outlive it.</summary>
    protected async Task RestartAsync(Action<BluePlanStateBuilder>? configure = null)
    {
        if (!Harness.CanReopen) Assert.Ignore("This store ends with its process.");
        foreach (var services in Enumerable.Reverse(_services)) await services.DisposeAsync();
        _services.Clear();
        Use(await Harness.ReopenAsync(), configure);
    }

    /// <summary>Managers of another host on the same store, beside <see cref="State"/>: another connection when the provider is <see cref="StateCapabilities.Shared"/>, else the same provider.</summary>
    protected async Task<IBluePlanState> JoinAsync(Action<BluePlanStateBuilder>? configure = null) =>
        Provider.Capabilities.HasFlag(StateCapabilities.Shared)
            ? Build(await Harness.ReopenAsync(), configure).State
            : Build(new BorrowedProvider(Provider), configure).State;

    /// <summary>Managers of a host that opens the same store for reading only, beside <see cref="State"/>.</summary>
    protected async Task<IBluePlanState> LookAsync() =>
        Build(await Harness.LookAsync(), static builder => builder.Configure(static options => options.OpenMode = StateOpenMode.ReadOnly)).State;

    /// <summary>Disposes a host that joined.</summary>
    protected async Task LeaveAsync(IBluePlanState host)
    {
        var services = _services.Find(services => services.GetRequiredService<IBluePlanState>() == host)!;
        _services.Remove(services);
        await services.DisposeAsync();
    }

    /// <summary>Everything in the store. Skips the test when the provider does not export.</summary>
    protected async Task<IReadOnlyList<StateRecord>> ExportAsync()
    {
        if (!Provider.Capabilities.HasFlag(StateCapabilities.Export)) Assert.Ignore($"The provider '{Provider.Name}' does not offer {StateCapabilities.Export}.");
        var records = new List<StateRecord>();
        await foreach (var record in Provider.ExportAsync(default)) records.Add(record);
        return records;
    }

    /// <summary>Lets so many ticks pass.</summary>
    protected ValueTask AdvanceAsync(double ticks) => Harness.AdvanceAsync(Tick * ticks);

    private void Use(IStateProvider provider, Action<BluePlanStateBuilder>? configure) => (State, Provider) = Build(provider, configure);

    private (IBluePlanState State, InterceptingProvider Provider) Build(IStateProvider provider, Action<BluePlanStateBuilder>? configure)
    {
        var intercepting = new InterceptingProvider(provider);
        var services = new ServiceCollection().AddSingleton(Harness.Time);
        services.AddBluePlanState(builder =>
        {
            builder.UseProvider(_ => intercepting);
            Harness.Configure(builder);
            Configure(builder);
            configure?.Invoke(builder);
        });
        var built = services.BuildServiceProvider();
        _services.Add(built);
        return (built.GetRequiredService<IBluePlanState>(), intercepting);
    }
}
