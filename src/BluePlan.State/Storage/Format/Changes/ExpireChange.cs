namespace BluePlan.State.Storage;

/// <summary>The key, if it is there, expires thus. Also what a touch leaves behind.</summary>
internal sealed record ExpireChange(StateKey Key, StateExpiry Expiry) : StateChange(Key);
