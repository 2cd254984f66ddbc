using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>A store whose every commit carries the fencing tokens of leases, before its own operations, so that a holder who was replaced learns this and nothing else.</summary>
internal sealed class FencedStateProvider : DelegatingStateProvider
{
    private const int OperationsALease = 2;

    private readonly StateStorage _storage;
    private readonly TimeSpan _retention;
    private readonly LockLease[] _leases;

    private FencedStateProvider(StateStorage storage, TimeSpan retention, LockLease[] leases) : base(storage.Provider) => (_storage, _retention, _leases) = (storage, retention, leases);

    /// <summary>The store without fences.</summary>
    public static StateStorage Unfenced(StateStorage storage) => storage.Provider is FencedStateProvider fenced ? fenced._storage : storage;

    /// <summary>The store with one fence more. A lease takes the place of an earlier one of the same lock.</summary>
    public static StateStorage Fence(StateStorage storage, LockLease lease, TimeSpan retention)
    {
        LockLease[] others = storage.Provider is FencedStateProvider fenced ? Array.FindAll(fenced._leases, other => other.Keys.Lease != lease.Keys.Lease) : [];
        var unfenced = Unfenced(storage);
        return new(new FencedStateProvider(unfenced, retention, [.. others, lease]), storage.Options, within: unfenced);
    }

    public override ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken) => _storage.OpenAsync(cancellationToken);

    public override async ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken)
    {
        List<StateOperation> fences = new(OperationsALease * _leases.Length);
        foreach (var lease in _leases)
        {
            if (!lease.IsHeld) throw lease.LostException();
            var fence = lease.Keys.Fence(commit.Partition);
            fences.Add(new RaiseToken(fence, LockKeys.FenceField, lease.FencingToken));
            fences.Add(new ExpireKey(fence, StateExpiry.After(_retention)));
        }
        var own = fences.Count;
        var result = await Inner.CommitAsync(commit.Prepend(fences), cancellationToken).ConfigureAwait(false);
        if (result.Conflict is not { } conflict) return new([.. result.Results.Skip(own)]);
        if (conflict.Operation >= own) return new([], conflict with { Operation = conflict.Operation - own });
        var lost = _leases[conflict.Operation / OperationsALease];
        lost.Lose("a later holder has written.");
        throw lost.LostException();
    }

    public override ValueTask<StateContent?> ReadOneAsync(StateRead read, CancellationToken cancellationToken) => Inner.ReadOneAsync(read, cancellationToken);

#pragma warning disable CA2215 // The store belongs to others.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
}
