namespace BluePlan.State.Storage;

/// <summary>Removes members of an index; the last one takes the index with it.</summary>
/// <remarks>Answers <see cref="OperationResult.Count"/>: how many of them were there.</remarks>
public sealed record RemoveMembers : StateOperation
{
    /// <inheritdoc cref="RemoveMembers"/>
    /// <param name="key">A key of shape <see cref="StateShape.Index"/>.</param>
    /// <param name="members">At least one; no member twice.</param>
    /// <param name="onlyIfAll">A condition of the commit: every one of them is there. So of several that would take the same members for something that must be done once, one does.</param>
    /// <exception cref="ArgumentException">The key has another shape, or a member breaks its rule.</exception>
    public RemoveMembers(StateKey key, IReadOnlyList<string> members, bool onlyIfAll = false) : base(key, StateShape.Index) =>
        (Members, OnlyIfAll) = (CheckNames(members, static m => m, nameof(members)), onlyIfAll);

    /// <summary>The members.</summary>
    public IReadOnlyList<string> Members { get; }

    /// <summary>Whether the commit happens only when all of them are there.</summary>
    public bool OnlyIfAll { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Members, static m => (long)m.Length);
}
