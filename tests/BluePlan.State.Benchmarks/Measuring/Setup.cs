namespace BluePlan.State.Benchmarks;

/// <summary>Who ran, and how it was set up.</summary>
internal sealed record Setup(string Contestant, string Configuration);
