using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>
/// What the fixtures need to know of a provider. Derive once a provider, give it a public constructor without parameters, and inherit each fixture with an empty body:
/// <c>[TestFixture] public sealed class MyDocumentTests : DocumentConformance&lt;MyHarness&gt;;</c>
/// </summary>
/// <remarks>Each test has a harness of its own, which disposes what it made: providers, files, server processes that nobody else uses.</remarks>
public abstract class StateProviderHarness : IAsyncDisposable
{
    private long _begun;
    private TimeSpan _meant;
    private bool _goesByTicks;

    /// <summary>The clock that the store goes by, or one that agrees with it to a fraction of <see cref="Tick"/>.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>A time that is short to wait for and long against the store's own delays. Tests give lifetimes as multiples of it: a minute on a fake clock, some 100 ms on a real one.</summary>
    public abstract TimeSpan Tick { get; }

    /// <summary>Whether time passes in <see cref="AdvanceAsync"/> only, which then costs nothing: instants are compared exactly, and generated tests let time pass.</summary>
    public virtual bool TimeStandsStill => Time != TimeProvider.System;

    /// <summary>Whether <see cref="StepClock"/> sets the store's clock.</summary>
    public virtual bool CanStepClock => false;

    /// <summary>Sets the store's clock forward or back, as an operator does; timers do not notice.</summary>
    public virtual void StepClock(TimeSpan by) => throw new NotSupportedException("The store's clock cannot be set.");

    /// <summary>Whether <see cref="ReopenAsync"/> finds what was written.</summary>
    public abstract bool CanReopen { get; }

    /// <summary>A provider on a new, empty store, not opened. Skips the test with <c>Assert.Ignore</c> when its server is not on this machine, and fails it when <c>CI=true</c>.</summary>
    public abstract ValueTask<IStateProvider> CreateAsync();

    /// <summary>Changes the settings of the managers on the store. A fixture's own settings come after these.</summary>
    public virtual void Configure(BluePlanStateBuilder builder) { }

    /// <summary>Another provider on the store of the last <see cref="CreateAsync"/>, not opened. Unless the provider is <see cref="StateCapabilities.Shared"/>, the old one is disposed first.</summary>
    public abstract ValueTask<IStateProvider> ReopenAsync();

    /// <summary>Another provider on the store of the last <see cref="CreateAsync"/>, not opened, to look at it with <see cref="StateOpenMode.ReadOnly"/> while the first one is open.</summary>
    public virtual ValueTask<IStateProvider> LookAsync() => ReopenAsync();

    /// <summary>
    /// Whether the test goes by ticks of a real clock and has run at least a quarter of one longer, since <see cref="Begin"/>, than it let time pass: then what is about to expire may have done so, and a failure says nothing.
    /// </summary>
    public bool IsLate => _goesByTicks && !TimeStandsStill && Time.GetElapsedTime(_begun) - _meant > Tick / 4;

    /// <summary>Lets time pass, and remembers that the test meant it to.</summary>
    public ValueTask AdvanceAsync(TimeSpan by)
    {
        _goesByTicks = true;
        _meant += by;
        return PassAsync(by);
    }

    /// <summary>Begins to time a test, once its store is there.</summary>
    public void Begin() => _begun = Time.GetTimestamp();

    /// <summary>So many ticks, for a test that from here on goes by them.</summary>
    public TimeSpan Ticks(double count)
    {
        _goesByTicks = true;
        return Tick * count;
    }

    /// <summary>Lets time pass: advances the fake clock, or waits.</summary>
    protected abstract ValueTask PassAsync(TimeSpan by);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
