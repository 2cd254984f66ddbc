namespace BluePlan.State.Storage;

/// <summary>The key is now exactly these records: all parts of one key, as an import brings them.</summary>
/// <param name="Key">The key.</param>
/// <param name="Parts">Its records, in order.</param>
/// <param name="Built">What the engine makes of them, when it has done so already.</param>
internal sealed record RestoreChange(StateKey Key, IReadOnlyList<StateRecord> Parts, object? Built = null) : StateChange(Key);
