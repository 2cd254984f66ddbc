namespace BluePlan.State.Consistency;

/// <summary>What holders of a lock write.</summary>
/// <param name="Id">Unique.</param>
/// <param name="Count">How many sections ended.</param>
internal sealed record Section(long Id, long Count);
