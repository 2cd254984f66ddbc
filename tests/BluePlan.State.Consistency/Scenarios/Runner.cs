namespace BluePlan.State.Consistency;

/// <summary>Runs what the command line asks for.</summary>
internal static class Runner
{
    /// <returns>The exit code: 0 = everything can be explained, 1 = there are anomalies, 2 = the scenario is not known or cannot run here.</returns>
    public static async Task<int> RunAsync(string name, string? file, ScenarioSettings settings, int? minReplicas)
    {
        if (name == "list")
        {
            foreach (var one in ScenarioList.All)
            {
                var replicas = one.MinReplicas.Count > 1 ? " Also with --min-replicas." : "";
                Console.WriteLine($"{one.Name,-20} {one.Description}{replicas}{(one.Missing is { } reason ? $" Not here: {reason}" : "")}");
            }
            return 0;
        }
        if (name == "check" && file is not null) return await CheckAsync(file);
        Scenario[] scenarios = [.. ScenarioList.All.Where(scenario => name == "all" || scenario.Name == name)];
        if (scenarios.Length == 0)
        {
            await Console.Error.WriteLineAsync($"There is no scenario '{name}'; 'list' shows them.");
            return 2;
        }
        var results = new List<ScenarioResult>();
        foreach (var scenario in scenarios)
        {
            if (scenario.Missing is { } reason)
            {
                await Console.Error.WriteLineAsync($"{scenario.Name} cannot run here: {reason}");
                if (name != "all") return 2;
                continue;
            }
            // A number that is asked for makes sense where there are replicas; zero makes sense everywhere.
            IReadOnlyList<int> counts = minReplicas is not { } asked ? scenario.MinReplicas : asked == 0 || scenario.MinReplicas.Count > 1 ? [asked] : [];
            foreach (var replicas in counts)
                results.Add(await RunAsync(scenario,
                    settings with { MinReplicas = replicas, Seconds = Math.Max(settings.Seconds, scenario.LeastSeconds) }));
        }
        ResultTable.Write(results);
        return results.Any(static result => result.Anomalies.Count > 0) ? 1 : 0;
    }

    /// <summary>Runs one scenario.</summary>
    public static async Task<ScenarioResult> RunAsync(Scenario scenario, ScenarioSettings settings)
    {
        Console.WriteLine($"=== {scenario.Name}, min replicas {settings.MinReplicas}, {settings.Seconds} s, seed {settings.Seed}");
        await using var run = new ScenarioRun(scenario, settings, Console.WriteLine);
        var result = await run.RunAsync();
        if (result.Anomalies.Count == 0) return result;
        Console.WriteLine(ResultFiles.Summary(result));
        Console.WriteLine($"See {await ResultFiles.WriteAsync(result)}");
        return result;
    }

    /// <summary>Checks a history without a fault in it once more, as after a change of the checker.</summary>
    private static async Task<int> CheckAsync(string file)
    {
        var anomalies = HistoryChecker.Check(await HistoryJson.ReadAsync(file), new());
        foreach (var anomaly in anomalies) Console.WriteLine(anomaly);
        Console.WriteLine($"{anomalies.Count} anomalies");
        return anomalies.Count > 0 ? 1 : 0;
    }
}
