using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>What a manager works with: the store, the codec, the clock, and the one tenant whose keys it sees.</summary>
internal sealed record StateScope(StateStorage Storage, StateCodec Codec, TimeProvider Time, string Tenant)
{
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>The partition of a route.</summary>
    public int Partition(ushort route) => route & (Storage.PartitionCount - 1);

    /// <summary>The partition of a user.</summary>
    public int UserPartition(string userId) => Partition(StateRoute.OfUser(Tenant, userId));

    /// <summary>A key of this tenant: its id is the tenant and one more part.</summary>
    public StateKey Key(int partition, StateType type, string part) => new(partition, type.Shape, type.Name, KeyText.Join(Tenant, part));

    /// <summary>A key of this tenant: its id is the tenant and two more parts.</summary>
    public StateKey Key(int partition, StateType type, string part, string second) => new(partition, type.Shape, type.Name, KeyText.Join(Tenant, part, second));

    /// <summary>A key of this tenant: its id is the tenant and three more parts.</summary>
    public StateKey Key(int partition, StateType type, string part, string second, string third) => new(partition, type.Shape, type.Name, KeyText.Join(Tenant, part, second, third));
}
