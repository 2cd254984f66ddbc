namespace BluePlan.State.Conformance;

/// <summary>A config as a host has one.</summary>
public sealed record ChatSettings(string Model, double Temperature = 0.7)
{
    /// <summary>Something nested.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];
}
