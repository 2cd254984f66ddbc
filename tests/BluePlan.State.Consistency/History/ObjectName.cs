namespace BluePlan.State.Consistency;

/// <summary>An object of the store.</summary>
internal sealed record ObjectName(ModelKind Model, string Name);
