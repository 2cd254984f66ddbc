using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using Microsoft.Extensions.Time.Testing;

namespace BluePlan.State.Tests;

/// <summary>The toy provider with everything that a provider in one process can offer.</summary>
public class DictionaryHarness : StateProviderHarness
{
    private readonly FakeTimeProvider _time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private DictionaryStore _store = new();
    private DictionaryStateProvider? _provider;

    public override TimeProvider Time => _time;

    public override TimeSpan Tick => TimeSpan.FromMinutes(1);

    public override bool CanReopen => true;

    public override bool CanStepClock => true;

    public override void StepClock(TimeSpan by) => _time.AdjustTime(_time.GetUtcNow() + by);

    protected virtual StateCapabilities Capabilities =>
        StateCapabilities.Export | StateCapabilities.Import | StateCapabilities.AtomicReplace | StateCapabilities.ConsistentExport | StateCapabilities.Watch | StateCapabilities.FieldConditions
        | StateCapabilities.LogRevisions | StateCapabilities.PageReads | StateCapabilities.ReadOnlyOpen;

    public override ValueTask<IStateProvider> CreateAsync()
    {
        _store = new();
        return ReopenAsync();
    }

    public override async ValueTask<IStateProvider> ReopenAsync()
    {
        await DisposeAsync();
        return _provider = new(_store, Time, Capabilities);
    }

    public override ValueTask<IStateProvider> LookAsync() => new(new DictionaryStateProvider(_store, Time, Capabilities));

    protected override ValueTask PassAsync(TimeSpan by)
    {
        _time.Advance(by);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_provider is not null) await _provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
