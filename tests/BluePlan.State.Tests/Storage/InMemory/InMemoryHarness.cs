using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using Microsoft.Extensions.Time.Testing;

namespace BluePlan.State.Tests;

/// <summary>The in-memory provider, which ends with its process.</summary>
public sealed class InMemoryHarness : StateProviderHarness
{
    private readonly FakeTimeProvider _time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private InMemoryStateProvider? _provider;

    public override TimeProvider Time => _time;

    public override TimeSpan Tick => TimeSpan.FromMinutes(1);

    public override bool CanStepClock => true;

    public override void StepClock(TimeSpan by) => _time.AdjustTime(_time.GetUtcNow() + by);

    public override bool CanReopen => false;

    public override async ValueTask<IStateProvider> CreateAsync()
    {
        await DisposeAsync();
        return _provider = new(_time);
    }

    public override ValueTask<IStateProvider> ReopenAsync() => throw new NotSupportedException("What is in memory does not outlive its provider.");

    protected override ValueTask PassAsync(TimeSpan by)
    {
        _time.Advance(by);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_provider is not null) await _provider.DisposeAsync();
    }
}
