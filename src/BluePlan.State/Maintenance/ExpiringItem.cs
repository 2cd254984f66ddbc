using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Something that expires while listings still name it: where it stands, and what has to go once it is dead. All keys lie in one partition.</summary>
/// <param name="Member">Its member in the <see cref="ExpiryIndex"/>: the tenant and what else its owner needs to find it, joined by <see cref="KeyText"/>.</param>
/// <param name="Heads">The keys whose expiry is its own, at least one; it is dead when all of them are absent.</param>
/// <param name="Listing">The index that lists it.</param>
/// <param name="ListingMember">Its member in that index.</param>
internal sealed record ExpiringItem(string Member, IReadOnlyList<StateKey> Heads, StateKey Listing, string ListingMember)
{
    /// <summary>Keys of any shape that are deleted once it is dead.</summary>
    public IReadOnlyList<StateKey> Remains { get; init; } = [];
}
