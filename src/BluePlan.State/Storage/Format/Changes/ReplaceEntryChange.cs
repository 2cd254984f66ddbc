namespace BluePlan.State.Storage;

/// <summary>The entry of a log holds this, under its sequence and id.</summary>
/// <param name="Key">The log.</param>
/// <param name="Entry">The entry as it is now.</param>
/// <param name="Revision">The log's new revision; empty if it keeps the one that it has.</param>
internal sealed record ReplaceEntryChange(StateKey Key, LogEntry Entry, StateETag Revision = default) : StateChange(Key);
