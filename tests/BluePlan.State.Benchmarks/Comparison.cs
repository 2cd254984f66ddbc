namespace BluePlan.State.Benchmarks;

/// <summary>Runs suites, shows what they gave, and judges it.</summary>
internal static class Comparison
{
    private static readonly ISuite[] Suites = [new FileSuite(), new RedisSuite(), new MemorySuite(), new ScaleSuite(), new SizeSuite()];

    public static IEnumerable<string> Names => Suites.Select(static s => s.Name).Append("all");

    /// <returns>1 when a bar is missed and the run is not a quick one, else 0.</returns>
    public static async Task<int> RunAsync(string name, bool quick, string? json, string? page)
    {
        var pace = quick ? Pace.Quick : Pace.Full;
        var machine = Machine.Current();
        Console.WriteLine(ReportText.Of(machine));
        var results = new List<SuiteResult>();
        foreach (var suite in Suites.Where(s => name == "all" || s.Name == name))
        {
            var result = await suite.RunAsync(pace);
            ConsoleReport.Write(result);
            results.Add(result);
        }
        var report = new Report(machine, $"dotnet run -c Release --project tests/BluePlan.State.Benchmarks -- compare {name}{(quick ? " --quick" : "")}", pace.Repeats.Count, results);
        ConsoleReport.Write(report.Rows);
        Console.WriteLine(ReportText.OfRepeats(report));
        if (json is not null) await ReportJson.WriteAsync(report, json);
        if (page is not null) await ResultsPage.WriteAsync(report, page);
        return !quick && report.Rows.Any(static r => r.IsMet is false) ? 1 : 0;
    }
}
