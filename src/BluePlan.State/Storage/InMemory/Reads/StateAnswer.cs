namespace BluePlan.State.Storage;

/// <summary>What a read found, and what the journal must have acknowledged before it may be told.</summary>
internal readonly record struct StateAnswer(StateContent? Content, long Position);
