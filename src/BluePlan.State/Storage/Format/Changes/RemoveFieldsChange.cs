namespace BluePlan.State.Storage;

/// <summary>These fields of a map are gone, and with the last one the map.</summary>
internal sealed record RemoveFieldsChange(StateKey Key, string[] Names) : StateChange(Key);
