namespace BluePlan.State.Consistency;

/// <summary>How a scenario is run.</summary>
/// <param name="Seconds">How long clients work.</param>
/// <param name="Seed">Of the faults' times and the clients' choices.</param>
/// <param name="MinReplicas">How many replicas must confirm a commit.</param>
/// <param name="Processes">How many clients.</param>
/// <param name="Workers">How many workers each client has.</param>
/// <param name="Output">Where the history of a run with anomalies goes.</param>
internal sealed record ScenarioSettings(int Seconds = 30, int Seed = 1, int MinReplicas = 0, int Processes = 3, int Workers = 8,
    string Output = "artifacts");
