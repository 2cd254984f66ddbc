using System.Diagnostics.Metrics;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using BluePlan.State.Storage;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>The settings of locks, and what is measured of them.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LockManagerTests : LockHosts
{
    [TestCase(0.999)]
    [TestCase(86_401)]
    public void LeaseDuration_OutOfRange_IsAFault(double seconds) =>
        Faults(o => o.LeaseDuration = TimeSpan.FromSeconds(seconds)).Should().ContainSingle().Which.Should().Contain("Locks.LeaseDuration");

    [TestCase(0.999)]
    [TestCase(36_501 * 24)]
    public void FenceRetention_OutOfRange_IsAFault(double hours) =>
        Faults(o => o.FenceRetention = TimeSpan.FromHours(hours)).Should().ContainSingle().Which.Should().Contain("Locks.FenceRetention");

    [Test]
    public async Task Waits_AndLosses_AreMeasured()
    {
        var (waits, losses) = (new List<string>(), 0L);
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => { if (instrument.Name is StateTelemetry.LockWait or StateTelemetry.LostLockItems) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => { lock (waits) waits.Add((string)tags[0].Value!); });
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref losses, value));
        listener.Start();
        var host = Host(new InMemoryStateProvider(StoreTime), StoreTime);

        var lease = await host.Locks.AcquireAsync("lock");
        await host.Locks.TryAcquireAsync("lock");
        ((LockLease)lease).Lose("the test says so.");

        lock (waits) waits.Should().Contain(["ok", "timeout"]);
        losses.Should().BePositive();
    }

    private static List<string> Faults(Action<LockManagerOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddBluePlanState(b => b.UseInMemory().Configure(o => configure(o.Locks)));
        using var built = services.BuildServiceProvider();
        return [.. built.Invoking(static b => b.GetRequiredService<IOptions<BluePlanStateOptions>>().Value).Should().Throw<OptionsValidationException>().Which.Failures];
    }
}
