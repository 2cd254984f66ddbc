using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>A provider that does not offer <see cref="StateCapabilities.PageReads"/>, whatever the one behind it offers.</summary>
public sealed class WithoutPageReads(IStateProvider inner) : DelegatingStateProvider(inner)
{
    /// <inheritdoc/>
    public override StateCapabilities Capabilities => Inner.Capabilities & ~StateCapabilities.PageReads;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken) =>
        reads.OfType<PageRead>().FirstOrDefault() is { } page ? throw page.NotSupportedBy(this) : Inner.ReadAsync(reads, cancellationToken);
}
