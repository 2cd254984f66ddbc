namespace BluePlan.State.Storage;

/// <summary>What a map, log or index holds in memory; changed in place under its partition's lock, unless a snapshot may hold it.</summary>
internal abstract class StoredKey(int epoch)
{
    /// <summary>The epoch of the key table that it was made in.</summary>
    public int Epoch { get; } = epoch;

    public StateExpiry Expiry { get; set; }

    /// <summary>The same content, to be changed from now on instead of this one, which a snapshot keeps.</summary>
    public abstract StoredKey Fork(int epoch);
}
