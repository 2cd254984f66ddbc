namespace BluePlan.State.Storage;

/// <summary>Reads the union of several indexes of one partition: each member's score is its sum over them. Answers the highest sums and how many distinct members there are.</summary>
/// <remarks>
/// The order is the descending order of an index. <see cref="IndexContent.Count"/> is the exact number of distinct members. Null when none of the
/// indexes is there. A sum beyond ±(2^53 − 1) may lose its lowest digits. <see cref="StateRead.Key"/> is the first index; the answer's expiry is never.
/// </remarks>
public sealed record UnionRead : StateRead<IndexContent>
{
    /// <inheritdoc cref="UnionRead"/>
    /// <param name="keys">At least one key of shape <see cref="StateShape.Index"/>, none twice, all of one partition.</param>
    /// <param name="limit">The most members wanted; 0 = only the count.</param>
    /// <exception cref="ArgumentException">The keys break their rule or the limit is negative.</exception>
    public UnionRead(IReadOnlyList<StateKey> keys, int limit = int.MaxValue) : base(First(keys), StateShape.Index)
    {
        Keys = keys;
        Limit = CheckLimit(limit, nameof(limit));
        var seen = new HashSet<StateKey>(keys.Count);
        foreach (var key in keys)
        {
            if (key.Require(StateShape.Index, typeof(UnionRead)).Partition != Key.Partition) throw new ArgumentException($"One partition a union: {Key} and {key}.", nameof(keys));
            if (!seen.Add(key)) throw new ArgumentException($"{key} is there twice.", nameof(keys));
        }
    }

    /// <summary>The indexes.</summary>
    public IReadOnlyList<StateKey> Keys { get; }

    /// <summary>The most members wanted; 0 = only the count.</summary>
    public int Limit { get; }

    private static StateKey First(IReadOnlyList<StateKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Count > 0 ? keys[0] : throw new ArgumentException("A union needs an index.", nameof(keys));
    }
}
