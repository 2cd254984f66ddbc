namespace BluePlan.State.Storage;

/// <summary>The entry of a log holds this, under its sequence and id.</summary>
internal sealed record ReplaceEntryChange(StateKey Key, LogEntry Entry) : StateChange(Key);
