using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Options of a host that come from a store: each test has a store, a clock, a log and a container of its own, which is built when it is first asked.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract class FromBluePlanConfigFixture
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ServiceProvider? _built;

    protected FakeTimeProvider Time { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    internal ListLogger Logs { get; } = new();

    protected InterceptingProvider Provider { get; }

    protected ServiceCollection Collection { get; } = new();

    protected FromBluePlanConfigFixture()
    {
        Provider = new(new InMemoryStateProvider(Time));
        Collection.AddSingleton<TimeProvider>(Time).AddSingleton<ILoggerFactory>(Logs);
        Collection.AddBluePlanState(state => state.UseProvider(_ => Provider));
    }

    protected ServiceProvider Services => _built ??= Collection.BuildServiceProvider();

    protected IConfigManager Config => Services.GetRequiredService<IConfigManager>();

    protected IOptionsMonitor<Settings> Monitor => Services.GetRequiredService<IOptionsMonitor<Settings>>();

    [TearDown]
    public async Task TearDownAsync()
    {
        if (_built is not null) await _built.DisposeAsync();
    }

    protected sealed class Settings
    {
        public string Model { get; set; } = "";

        public double Temperature { get; set; } = 0.5;

        public string Note { get; set; } = "";
    }

    /// <summary>A host's view of <see cref="Provider"/>, which the fixture has opened.</summary>
    protected sealed class BorrowedStore(IStateProvider owner) : DelegatingStateProvider(owner)
    {
        public override ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken) => new(new StateStoreInfo(default, 32));

#pragma warning disable CA2215 // The owner disposes what this one only borrows.
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
    }
}
