namespace BluePlan.State.Storage;

/// <summary>Adds to the scores of members of an index; an absent member counts as zero and is made.</summary>
/// <remarks>A sum beyond ±(2^53 − 1) throws <see cref="OverflowException"/> before anything of the commit is written.</remarks>
public sealed record IncrementScores : StateOperation
{
    /// <inheritdoc cref="IncrementScores"/>
    /// <param name="key">A key of shape <see cref="StateShape.Index"/>.</param>
    /// <param name="increments">At least one; no member twice. <see cref="IndexMember.Score"/> is what to add.</param>
    /// <exception cref="ArgumentException">The key has another shape, or a member breaks its rule.</exception>
    public IncrementScores(StateKey key, IReadOnlyList<IndexMember> increments) : base(key, StateShape.Index)
    {
        Increments = CheckNames(increments, static m => m.Member, nameof(increments));
        for (var i = 0; i < increments.Count; i++) CheckNumber(increments[i].Score, nameof(increments));
    }

    /// <summary>The members with what to add.</summary>
    public IReadOnlyList<IndexMember> Increments { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => Sum(Increments, static m => 8L + m.Member.Length);
}
