namespace BluePlan.State.Consistency;

/// <summary>
/// The end of an operation, which a process reports apart from its beginning: a process that is killed in between leaves the beginning. The
/// input is what it did in the end.
/// </summary>
internal sealed record Completion(long Id, IReadOnlyList<long> Input, Outcome Outcome, IReadOnlyList<long> Output, long Ended,
    string? Detail);
