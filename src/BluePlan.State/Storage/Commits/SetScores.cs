namespace BluePlan.State.Storage;

/// <summary>Gives members of an index a score, new ones and those that are there.</summary>
public sealed record SetScores : StateOperation
{
    /// <inheritdoc cref="SetScores"/>
    /// <param name="key">A key of shape <see cref="StateShape.Index"/>.</param>
    /// <param name="members">At least one; no member twice.</param>
    /// <param name="onlyRaise">Leave the score of a member that is there alone when it is as high or higher.</param>
    /// <exception cref="ArgumentException">The key has another shape, or a member breaks its rule.</exception>
    public SetScores(StateKey key, IReadOnlyList<IndexMember> members, bool onlyRaise = false) : base(key, StateShape.Index)
    {
        Members = CheckNames(members, static m => m.Member, nameof(members));
        for (var i = 0; i < members.Count; i++) CheckNumber(members[i].Score, nameof(members));
        OnlyRaise = onlyRaise;
    }

    /// <summary>The members with their scores.</summary>
    public IReadOnlyList<IndexMember> Members { get; }

    /// <summary>Whether a score as high or higher is left alone.</summary>
    public bool OnlyRaise { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Members, static m => 8L + m.Member.Length);
}
