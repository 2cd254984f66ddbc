namespace BluePlan.State.Benchmarks;

/// <summary>What a suite measured.</summary>
internal sealed record SuiteResult(IReadOnlyList<RaceResult> Races, IReadOnlyList<Row> Rows, IReadOnlyList<Note> Notes);
