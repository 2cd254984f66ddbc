namespace BluePlan.State.Storage;

/// <summary>What became of a commit that the provider judged: it happened whole, or a condition was not met and nothing happened.</summary>
/// <param name="Results">One result an operation, in order; none with a conflict.</param>
/// <param name="Conflict">The first unmet condition; null = the commit happened.</param>
public sealed record CommitResult(IReadOnlyList<OperationResult> Results, CommitConflict? Conflict = null)
{
    /// <summary>Whether the commit happened.</summary>
    public bool IsCommitted => Conflict is null;

    /// <summary>A commit that did not happen.</summary>
    /// <param name="operation">The position of the first operation, in order, with an unmet condition.</param>
    /// <param name="actual">The ETag of that operation's document; <c>default</c> when it is absent or no document.</param>
    public static CommitResult Conflicted(int operation, StateETag actual = default) => new([], new(operation, actual));
}
