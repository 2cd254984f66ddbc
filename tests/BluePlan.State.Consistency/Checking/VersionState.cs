namespace BluePlan.State.Consistency;

/// <summary>A config's newest version and its value; 0 = it was never made, or is deleted.</summary>
internal readonly record struct VersionState(long Version, long Value);
