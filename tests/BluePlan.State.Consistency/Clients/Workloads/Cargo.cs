namespace BluePlan.State.Consistency;

/// <summary>A value of configs and sessions.</summary>
internal sealed record Cargo(long Value);
