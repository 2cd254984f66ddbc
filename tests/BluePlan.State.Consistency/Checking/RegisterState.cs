namespace BluePlan.State.Consistency;

/// <summary>A register's value; 0 = absent.</summary>
internal readonly record struct RegisterState(long Value);
