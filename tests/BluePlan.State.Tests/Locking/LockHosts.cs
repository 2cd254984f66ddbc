using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Hosts that share a store, with a clock that the store has and one that a host has for itself.</summary>
public abstract class LockHosts
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<ServiceProvider> _services = [];

    protected FakeTimeProvider StoreTime { get; } = new(Start);

    protected FakeTimeProvider HostTime { get; } = new(Start);

    private protected ListLogger Log { get; } = new();

    [TearDown]
    public async Task TearDownAsync()
    {
        foreach (var services in _services) await services.DisposeAsync();
    }

    protected static async Task UntilAsync(Func<bool> condition)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); !condition(); await Task.Yield())
            TimeProvider.System.GetElapsedTime(begun).Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    protected IBluePlanState Host(IStateProvider provider, FakeTimeProvider time)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(time).AddSingleton<ILogger<LockManager>>(new Logger<LockManager>(Log));
        services.AddBluePlanState(b => b.UseProvider(_ => new SharedProvider(provider)));
        var built = services.BuildServiceProvider();
        _services.Add(built);
        return built.GetRequiredService<IBluePlanState>();
    }

    /// <summary>One store for several hosts in a process, opened by the first of them.</summary>
    private sealed class SharedProvider(IStateProvider inner) : DelegatingStateProvider(inner)
    {
        private static readonly ConditionalWeakTable<IStateProvider, Task<StateStoreInfo>> Opened = [];

        public override ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken) => new(Opened.GetValue(Inner, inner => inner.OpenAsync(options, cancellationToken).AsTask()));

#pragma warning disable CA2215 // The store belongs to the test.
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
    }
}
