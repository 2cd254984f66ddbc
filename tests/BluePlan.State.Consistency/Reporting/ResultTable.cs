using System.Globalization;
using Spectre.Console;

namespace BluePlan.State.Consistency;

/// <summary>The table at the end.</summary>
internal static class ResultTable
{
    public static void Write(IReadOnlyList<ScenarioResult> results)
    {
        var table = new Table().AddColumns("scenario", "min replicas", "seed", "faults", "operations", "ok", "refused", "failed",
            "unknown", "anomalies", "longest pause");
        foreach (var result in results)
            table.AddRow(Markup.Escape(result.Scenario), Text(result.Settings.MinReplicas), Text(result.Settings.Seed),
                Text(result.Faults), Text(result.History.Count), Text(result.Count(Outcome.Ok)), Text(result.Count(Outcome.Refused)),
                Text(result.Count(Outcome.Failed)), Text(result.Count(Outcome.Unknown)), Text(result.Anomalies.Count),
                string.Create(CultureInfo.InvariantCulture, $"{result.LongestPause.TotalSeconds:F1} s"));
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 140);
        AnsiConsole.Write(table);
        var (operations, anomalies) = (results.Sum(static result => result.History.Count), results.Sum(static result => result.Anomalies.Count));
        AnsiConsole.WriteLine($"{Text(operations)} operations in {Text(results.Count)} runs, {Text(anomalies)} anomalies");
    }

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
