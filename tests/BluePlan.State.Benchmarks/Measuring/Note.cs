namespace BluePlan.State.Benchmarks;

/// <summary>A figure that stands by itself, for instance the memory of an item.</summary>
internal sealed record Note(string What, string Store, double Value, string Unit);
