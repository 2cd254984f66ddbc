namespace BluePlan.State.Storage;

/// <summary>The entries of a log in these ranges are gone. The log stays.</summary>
/// <param name="Key">The log.</param>
/// <param name="Ranges">The ranges, rising.</param>
/// <param name="Revision">The log's new revision; empty if it keeps the one that it has.</param>
internal sealed record RemoveEntriesChange(StateKey Key, SequenceRange[] Ranges, StateETag Revision = default) : StateChange(Key);
