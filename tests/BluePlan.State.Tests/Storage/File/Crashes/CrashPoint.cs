namespace BluePlan.State.Tests;

/// <summary>A disk as a crash left it, with what its store must show.</summary>
internal sealed record CrashPoint(SimulatedDisk Disk, int Acknowledged, int Issued, DateTimeOffset Time, string Where);
