namespace BluePlan.State.Storage;

/// <summary>Removes the members of an index whose score lies in a range; the last one takes the index with it.</summary>
/// <remarks>Answers <see cref="OperationResult.Count"/>: how many were removed.</remarks>
public sealed record RemoveScores : StateOperation
{
    /// <inheritdoc cref="RemoveScores"/>
    /// <param name="key">A key of shape <see cref="StateShape.Index"/>.</param>
    /// <param name="minimum">The lowest score to remove.</param>
    /// <param name="maximum">The highest score to remove; below <paramref name="minimum"/> nothing is removed.</param>
    /// <exception cref="ArgumentException">The key has another shape.</exception>
    public RemoveScores(StateKey key, long minimum, long maximum) : base(key, StateShape.Index) => (Minimum, Maximum) = (minimum, maximum);

    /// <summary>The lowest score to remove.</summary>
    public long Minimum { get; }

    /// <summary>The highest score to remove.</summary>
    public long Maximum { get; }
}
