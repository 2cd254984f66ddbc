namespace BluePlan.State.Storage;

/// <summary>Removes entries of a log, ids with them. The log lives on, also when it is empty: its sequence goes on.</summary>
/// <remarks>Answers <see cref="OperationResult.Count"/>: how many were removed.</remarks>
public sealed record RemoveEntries : StateOperation
{
    /// <inheritdoc cref="RemoveEntries"/>
    /// <param name="key">A key of shape <see cref="StateShape.Log"/>.</param>
    /// <param name="ranges">At least one; they rise and do not overlap.</param>
    /// <exception cref="ArgumentException">The key has another shape, or the ranges break their rule.</exception>
    public RemoveEntries(StateKey key, IReadOnlyList<SequenceRange> ranges) : base(key, StateShape.Log)
    {
        Ranges = CheckList(ranges, nameof(ranges));
        long last = 0;
        foreach (var range in ranges)
        {
            if (range.First <= last || range.Last < range.First) throw new ArgumentException($"Ranges begin at 1 or later, rise and do not overlap; {range.First}–{range.Last} does not fit.", nameof(ranges));
            last = range.Last;
        }
    }

    /// <summary>What to remove.</summary>
    public IReadOnlyList<SequenceRange> Ranges { get; }
}
