using BluePlan.State.Conformance;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>The in-memory provider, with managers whose values are bound to their places, see <see cref="BoundEnvelope"/>.</summary>
public sealed class BoundHarness : StateProviderHarness
{
    private readonly InMemoryHarness _memory = new();

    public override TimeProvider Time => _memory.Time;

    public override TimeSpan Tick => _memory.Tick;

    public override bool CanStepClock => true;

    public override void StepClock(TimeSpan by) => _memory.StepClock(by);

    public override bool CanReopen => false;

    public override void Configure(BluePlanStateBuilder builder) =>
        builder.Services.Select(static s => s.ImplementationInstance).OfType<StoreRegistration>().Single(r => r.Name == builder.Name).Envelope = new BoundEnvelope();

    public override async ValueTask<IStateProvider> CreateAsync() => new BoundProvider(await _memory.CreateAsync());

    public override ValueTask<IStateProvider> ReopenAsync() => _memory.ReopenAsync();

    protected override ValueTask PassAsync(TimeSpan by) => _memory.AdvanceAsync(by);

    public override ValueTask DisposeAsync() => _memory.DisposeAsync();
}
