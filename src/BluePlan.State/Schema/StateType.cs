using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>A type of key: what it holds, which part of the state it belongs to, and whose it is.</summary>
/// <param name="Name">The type in <see cref="StateKey.Type"/>. Stored, so it never changes.</param>
/// <param name="Shape">What it holds.</param>
/// <param name="Part">The part that a backup restores it with; none = it is in no backup.</param>
/// <param name="Ownership">How to tell whose a key is.</param>
/// <param name="MemberOf">For <see cref="StateOwnership.Member"/>: the user's index that names it.</param>
internal sealed record StateType(string Name, StateShape Shape, StateParts Part, StateOwnership Ownership, StateType? MemberOf = null)
{
    /// <summary>For an index: whether a member can be one of it; null = whatever is there is taken as it is.</summary>
    public Func<IndexMember, bool>? IsMember { get; init; }

    /// <summary>For a map: whether a field can be one of it; null = whatever is there is taken as it is.</summary>
    public Func<string, MapValue, bool>? IsField { get; init; }

    /// <summary>Whether it lists other keys, so that a restore that merges unites it with what is there rather than replace it. An index is, unless it sums up.</summary>
    public bool IsListing { get; init; } = Shape is StateShape.Index && Ownership is not StateOwnership.Aggregate;
}
