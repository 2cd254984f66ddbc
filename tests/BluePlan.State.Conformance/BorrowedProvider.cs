using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>Somebody else's provider without what stands before it: opened through its owner, used directly, and not disposed.</summary>
internal sealed class BorrowedProvider(InterceptingProvider owner) : DelegatingStateProvider(owner.Target)
{
    public override ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken) => owner.OpenAsync(options, cancellationToken);

    public override ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken) => Inner.ReadOneAsync(read, cancellationToken);

#pragma warning disable CA2215 // The owner disposes what this one only borrows.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
}
