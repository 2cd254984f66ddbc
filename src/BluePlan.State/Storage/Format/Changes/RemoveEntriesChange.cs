namespace BluePlan.State.Storage;

/// <summary>The entries of a log in these ranges are gone. The log stays.</summary>
internal sealed record RemoveEntriesChange(StateKey Key, SequenceRange[] Ranges) : StateChange(Key);
