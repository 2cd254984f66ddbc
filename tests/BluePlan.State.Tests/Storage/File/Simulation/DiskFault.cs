namespace BluePlan.State.Tests;

/// <summary>How a call on a <see cref="SimulatedDisk"/> fails.</summary>
/// <param name="Error">What it throws.</param>
/// <param name="Half">Whether a write writes half of its bytes before.</param>
internal sealed record DiskFault(Exception Error, bool Half = false);
