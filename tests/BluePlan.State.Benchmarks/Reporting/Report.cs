namespace BluePlan.State.Benchmarks;

/// <summary>All that a run gave.</summary>
internal sealed record Report(Machine Machine, string Command, IReadOnlyList<SuiteResult> Suites)
{
    public IEnumerable<Row> Rows => Suites.SelectMany(static s => s.Rows);

    public IEnumerable<RaceResult> Races => Suites.SelectMany(static s => s.Races);

    public IEnumerable<Note> Notes => Suites.SelectMany(static s => s.Notes);
}
