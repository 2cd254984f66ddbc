namespace BluePlan.State.Storage;

/// <summary>These members of an index have these scores.</summary>
/// <param name="Key">The index.</param>
/// <param name="Members">The members with their scores, summed up.</param>
/// <param name="Fresh">Whether the index was absent: whatever is there, for instance expired, goes first.</param>
internal sealed record SetScoresChange(StateKey Key, IndexMember[] Members, bool Fresh) : StateChange(Key);
