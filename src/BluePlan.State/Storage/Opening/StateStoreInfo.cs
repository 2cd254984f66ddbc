namespace BluePlan.State.Storage;

/// <summary>Describes an open store.</summary>
/// <param name="StoreId">
/// The identifier that the store received when it was created. An import that replaces what a store holds keeps it.
/// </param>
/// <param name="PartitionCount">The number of partitions, which never changes.</param>
/// <param name="WasCreated"><c>true</c> if this call created the store; otherwise, <c>false</c>.</param>
public sealed record StateStoreInfo(Guid StoreId, int PartitionCount, bool WasCreated = false);
