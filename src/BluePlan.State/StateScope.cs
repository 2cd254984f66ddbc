using BluePlan.State.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BluePlan.State;

/// <summary>
/// What a manager works with: the store, the codec, this process's clock, and the one tenant whose keys it sees.
/// </summary>
internal sealed record StateScope(StateStorage Storage, StateCodec Codec, TimeProvider Time, string Tenant)
{
    /// <summary>How updates of the store take turns; shared by the scopes of all tenants and leases.</summary>
    public OptimisticUpdates Updates { get; init; } = new(OptimisticUpdates.DefaultLimit);

    /// <summary>What could not be decoded; shared like <see cref="Updates"/>.</summary>
    public UndecodableValues Undecodable { get; init; } = new();

    /// <summary>Where to log what no caller is told.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// The store's time, by which everything that is stored or shown is dated: hosts whose clocks differ agree. Opens
    /// the store.
    /// </summary>
    public ValueTask<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => Storage.GetTimeAsync(cancellationToken);

    /// <summary>Opens the store if it is not open yet. Until it is open, the partition of nothing is known.</summary>
    public ValueTask<StateStoreInfo> OpenAsync(CancellationToken cancellationToken) => Storage.OpenAsync(cancellationToken);

    /// <summary>The partition of a route, once the store is open.</summary>
    public int Partition(ushort route) => route & (Storage.PartitionCount - 1);

    /// <summary>The partition of a user, once the store is open.</summary>
    public int UserPartition(string userId) => Partition(StateRoute.OfUser(Tenant, userId));

    /// <summary>What the id of a key of this tenant begins with, before its other part.</summary>
    public string IdPrefix => KeyText.Join(Tenant, "");

    /// <summary>A key of this tenant: its id is the tenant and one more part.</summary>
    public StateKey Key(int partition, StateType type, string part) => new(partition, type.Shape, type.Name, KeyText.Join(Tenant, part));

    /// <summary>A key of this tenant: its id is the tenant and two more parts.</summary>
    public StateKey Key(int partition, StateType type, string part, string second) => new(partition, type.Shape, type.Name, KeyText.Join(Tenant, part, second));

    /// <summary>A key of this tenant: its id is the tenant and three more parts.</summary>
    public StateKey Key(int partition, StateType type, string part, string second, string third) => new(partition, type.Shape, type.Name, KeyText.Join(Tenant, part, second, third));
}
