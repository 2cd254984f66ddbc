using System.Globalization;

namespace BluePlan.State.Consistency;

/// <summary>Writes down a run that has anomalies: the history as JSON lines, and the explanation.</summary>
internal static class ResultFiles
{
    private const int Shown = 20;

    /// <returns>The path of the explanation.</returns>
    public static async Task<string> WriteAsync(ScenarioResult result)
    {
        Directory.CreateDirectory(result.Settings.Output);
        var name = Path.Combine(result.Settings.Output,
            string.Create(CultureInfo.InvariantCulture, $"{result.Scenario}-{result.Settings.MinReplicas}-{result.Settings.Seed}"));
        await HistoryJson.WriteAsync(name + ".history.jsonl", result.History);
        await File.WriteAllTextAsync(name + ".txt",
            string.Join("\n\n", result.Anomalies.Select(static anomaly => anomaly.ToString())) + "\n");
        return name + ".txt";
    }

    /// <summary>The first anomalies, and how many of each kind there are.</summary>
    public static string Summary(ScenarioResult result) =>
        string.Join('\n', result.Anomalies.Take(Shown).Select(static anomaly => anomaly.ToString())
        .Concat(result.Anomalies.GroupBy(static anomaly => (anomaly.Model, anomaly.Kind))
            .Select(static group => $"{group.Count(),6} {group.Key.Model} {group.Key.Kind}")));
}
