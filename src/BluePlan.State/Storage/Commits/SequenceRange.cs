namespace BluePlan.State.Storage;

/// <summary>Sequences from <paramref name="First"/> to <paramref name="Last"/>, both with.</summary>
/// <param name="First">At least 1.</param>
/// <param name="Last">At least <paramref name="First"/>; <see cref="long.MaxValue"/> = to the end.</param>
public readonly record struct SequenceRange(long First, long Last);
