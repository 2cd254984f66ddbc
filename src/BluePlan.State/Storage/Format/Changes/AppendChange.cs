namespace BluePlan.State.Storage;

/// <summary>These entries were appended to a log.</summary>
/// <param name="Key">The log.</param>
/// <param name="Entries">The entries under their sequences.</param>
/// <param name="KeepLast">How many of the newest entries stayed afterwards; 0 = all.</param>
/// <param name="Fresh">Whether the log was absent: whatever is there, for instance expired, goes first.</param>
/// <param name="Revision">The log's new revision; empty if it keeps the one that it has.</param>
internal sealed record AppendChange(StateKey Key, LogEntry[] Entries, int KeepLast, bool Fresh, StateETag Revision = default) : StateChange(Key);
