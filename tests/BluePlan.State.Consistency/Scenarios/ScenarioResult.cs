namespace BluePlan.State.Consistency;

/// <summary>What came of a run.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Settings">How it was run.</param>
/// <param name="History">All operations.</param>
/// <param name="Anomalies">What cannot be explained.</param>
/// <param name="LongestPause">The longest time between two acknowledged writes, of whichever client: how long the store was away.</param>
/// <param name="Faults">How many faults there were.</param>
internal sealed record ScenarioResult(string Scenario, ScenarioSettings Settings, IReadOnlyList<Operation> History,
    IReadOnlyList<Anomaly> Anomalies, TimeSpan LongestPause, int Faults)
{
    public int Count(Outcome outcome) => History.Count(operation => operation.Outcome == outcome);
}
