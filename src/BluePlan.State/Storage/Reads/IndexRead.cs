namespace BluePlan.State.Storage;

/// <summary>Reads members of an index in its order: by score, among equals by the UTF-8 bytes of the member.</summary>
public sealed record IndexRead : StateRead<IndexContent>
{
    /// <inheritdoc cref="IndexRead"/>
    /// <param name="key">A key of shape <see cref="StateShape.Index"/>.</param>
    /// <param name="minimum">The lowest score wanted.</param>
    /// <param name="maximum">The highest score wanted.</param>
    /// <param name="limit">The most members wanted; 0 = only the count.</param>
    /// <param name="descending">Whether the order is turned round, also among equals.</param>
    /// <param name="after">Begin behind this place in that order, whether or not the member is still there, and perhaps an empty one; null = at the beginning.</param>
    /// <exception cref="ArgumentException">The key has another shape, the limit is negative, or <paramref name="after"/> has no well-formed member.</exception>
    public IndexRead(StateKey key, long minimum = long.MinValue, long maximum = long.MaxValue, int limit = int.MaxValue, bool descending = false, IndexMember? after = null) : base(key, StateShape.Index)
    {
        if (after is { } place && (place.Member is null || !StateText.IsWellFormed(place.Member))) throw new ArgumentException("The place to begin behind has no well-formed member.", nameof(after));
        (Minimum, Maximum, Limit, Descending, After) = (minimum, maximum, CheckLimit(limit, nameof(limit)), descending, after);
    }

    /// <summary>Reads the scores of these members, none of which stands there twice, in the order of the index; those that are not there are left out of the answer.</summary>
    /// <exception cref="ArgumentException">The key has another shape, or a member breaks its rule.</exception>
    public IndexRead(StateKey key, IReadOnlyList<string> members) : this(key) => Members = CheckNames(members, nameof(members));

    /// <summary>The lowest score wanted.</summary>
    public long Minimum { get; }

    /// <summary>The highest score wanted.</summary>
    public long Maximum { get; }

    /// <summary>The most members wanted; 0 = only the count.</summary>
    public int Limit { get; }

    /// <summary>Whether the order is turned round, also among equals.</summary>
    public bool Descending { get; }

    /// <summary>The place behind which the answer begins; null = the beginning.</summary>
    public IndexMember? After { get; }

    /// <summary>The members wanted, instead of a range; null = the range.</summary>
    public IReadOnlyList<string>? Members { get; }
}
