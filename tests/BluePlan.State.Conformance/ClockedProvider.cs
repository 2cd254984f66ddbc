using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>
/// A provider whose time is a clock's of the test: what managers date, and which days they mean, goes by it. Expiry
/// goes by the store's own clock.
/// </summary>
public sealed class ClockedProvider(IStateProvider inner, TimeProvider clock) : DelegatingStateProvider(inner)
{
    /// <inheritdoc/>
    public override ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => new(clock.GetUtcNow());

    /// <inheritdoc/>
    public override ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken) => Inner.ReadOneAsync(read, cancellationToken);
}
