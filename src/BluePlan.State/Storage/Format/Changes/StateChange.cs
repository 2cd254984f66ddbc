namespace BluePlan.State.Storage;

/// <summary>
/// One step of what a commit did, as a post-image: applied in order to the state before, it gives the state after, without looking at clocks or conditions. The engine applies
/// these, the journal holds them, and reopening applies them again. Everything they hold is their own: never changed afterwards, by nobody.
/// </summary>
internal abstract record StateChange(StateKey Key);
