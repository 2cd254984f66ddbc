namespace BluePlan.State.Benchmarks;

/// <summary>All that a run gave.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Command">By what.</param>
/// <param name="RepeatedRounds">How many rounds did not count and were measured again, see <see cref="Repeats"/>.</param>
/// <param name="Suites">The suites that ran.</param>
internal sealed record Report(Machine Machine, string Command, int RepeatedRounds, IReadOnlyList<SuiteResult> Suites)
{
    public IEnumerable<Row> Rows => Suites.SelectMany(static s => s.Rows);

    public IEnumerable<RaceResult> Races => Suites.SelectMany(static s => s.Races);

    public IEnumerable<Note> Notes => Suites.SelectMany(static s => s.Notes);
}
