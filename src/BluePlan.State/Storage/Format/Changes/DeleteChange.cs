namespace BluePlan.State.Storage;

/// <summary>The key is gone.</summary>
internal sealed record DeleteChange(StateKey Key) : StateChange(Key);
