namespace BluePlan.State.Storage;

/// <summary>These members of an index are gone, and with the last one the index.</summary>
internal sealed record RemoveMembersChange(StateKey Key, string[] Members) : StateChange(Key);
