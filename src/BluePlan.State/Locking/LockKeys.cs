using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Where a lock lies: lease and tokens in one partition, the hash of its name, so that one commit acquires it.</summary>
internal sealed class LockKeys
{
    /// <summary>The one field of a fence.</summary>
    public const string FenceField = "token";

    private readonly string _tenant;

    public LockKeys(StateScope scope, string name)
    {
        (_tenant, Name) = (scope.Tenant, name);
        var partition = scope.Partition(StateRoute.Of("lock", scope.Tenant, name));
        Lease = scope.Key(partition, StateTypes.Lock, name);
        Tokens = StateTypes.LockTokensOf(partition);
    }

    public string Name { get; }

    /// <summary>Empty; it is there, with the ETag of its holder, while the lock is held.</summary>
    public StateKey Lease { get; }

    /// <summary>The log whose sequences are the tokens of all locks of the partition. It keeps one entry.</summary>
    public StateKey Tokens { get; }

    /// <summary>What to name in exceptions.</summary>
    public string Subject => $"lock {Name}";

    /// <summary>The highest token under which something was written in a partition.</summary>
    public StateKey Fence(int partition) => new(partition, StateTypes.LockFence.Shape, StateTypes.LockFence.Name, KeyText.Join(_tenant, Name));
}
