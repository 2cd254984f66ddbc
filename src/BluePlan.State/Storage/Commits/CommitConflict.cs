namespace BluePlan.State.Storage;

/// <summary>The first unmet condition of a commit.</summary>
/// <param name="Operation">The position of its operation in <see cref="StateCommit.Operations"/>.</param>
/// <param name="ActualETag">The ETag that the operation's document has; <c>default</c> when it is absent or no document.</param>
public sealed record CommitConflict(int Operation, StateETag ActualETag);
