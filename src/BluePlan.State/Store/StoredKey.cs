using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Where a category's key lies: all in one partition, the hash of both.</summary>
internal readonly struct StoredKey
{
    public StoredKey(StateScope scope, string category, string key)
    {
        Partition = scope.Partition(StateRoute.Of("data", scope.Tenant, KeyText.Join(category, key)));
        Value = scope.Key(Partition, StateTypes.Data, category, key);
        Fields = scope.Key(Partition, StateTypes.DataFields, category, key);
        Listing = ListingOf(scope, Partition, category);
        Name = key;
        Member = Value.Id;
    }

    public int Partition { get; }

    /// <summary>The value. It is there as long as the key is, and decides its expiry: a key that has only fields holds no bytes, not even an envelope.</summary>
    public StateKey Value { get; }

    /// <summary>The fields, with the same expiry. They are never there without the document.</summary>
    public StateKey Fields { get; }

    /// <summary>The index of the category's keys in this partition, all of score zero, so in the order of their UTF-8 bytes.</summary>
    public StateKey Listing { get; }

    public string Name { get; }

    /// <summary>Its member in the index of deadlines: tenant, category, key.</summary>
    public string Member { get; }

    public string Subject => $"data {Member[(Member.IndexOf('/', StringComparison.Ordinal) + 1)..]}";

    public static StateKey ListingOf(StateScope scope, int partition, string category) => scope.Key(partition, StateTypes.DataKeys, category);

    public SetScores List() => new(Listing, [new(Name, 0)]);

    public RemoveMembers Unlist() => new(Listing, [Name]);
}
