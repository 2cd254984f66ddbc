namespace BluePlan.State.Benchmarks;

/// <summary>Races that belong together.</summary>
internal interface ISuite
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    Task<SuiteResult> RunAsync(Pace pace);
}
