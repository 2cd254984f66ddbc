namespace BluePlan.State.Storage;

/// <summary>What one operation answers; each operation says which of these it fills. The others are zero and null.</summary>
/// <param name="Count">How many things were there, were removed, or are there now.</param>
/// <param name="Value">The first sequence of an append.</param>
/// <param name="Vectors">The new vectors of <see cref="IncrementFields"/>, in order, when asked for.</param>
public readonly record struct OperationResult(long Count = 0, long Value = 0, IReadOnlyList<ReadOnlyMemory<long>>? Vectors = null);
