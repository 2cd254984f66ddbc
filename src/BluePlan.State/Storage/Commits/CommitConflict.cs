namespace BluePlan.State.Storage;

/// <summary>The first unmet condition of a commit.</summary>
/// <param name="Operation">The position of its operation in <see cref="StateCommit.Operations"/>.</param>
/// <param name="ActualETag">The ETag that the operation's document has; <c>default</c> when it is absent or no document.</param>
public sealed record CommitConflict(int Operation, StateETag ActualETag)
{
    /// <summary>The position of the bound of an <see cref="IncrementWithin"/> that is not met; 0 for every other operation.</summary>
    public int Bound { get; init; }

    /// <summary>What that bound leaves: its maximum minus the sum as it is; negative if the sum is above the maximum.</summary>
    public long Available { get; init; }
}
