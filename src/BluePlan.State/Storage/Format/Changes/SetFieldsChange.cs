namespace BluePlan.State.Storage;

/// <summary>These fields of a map hold this.</summary>
/// <param name="Key">The map.</param>
/// <param name="Fields">The fields with what they hold now, counters summed up.</param>
/// <param name="Fresh">Whether the map was absent: whatever is there, for instance expired, goes first.</param>
internal sealed record SetFieldsChange(StateKey Key, MapField[] Fields, bool Fresh) : StateChange(Key);
