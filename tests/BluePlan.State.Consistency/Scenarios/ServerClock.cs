namespace BluePlan.State.Consistency;

/// <summary>A server whose clock is set while it runs, by libfaketime. It is Garnet, since the memory allocator of Redis and that library exclude each other.</summary>
internal static class ServerClock
{
    private static readonly Lazy<string?> Library = new(static () => !Directory.Exists("/usr/lib") ? null
        : Directory.EnumerateDirectories("/usr/lib").Select(static directory => Path.Combine(directory, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists));

    /// <summary>Why it cannot be done here.</summary>
    public static string? Missing() => Library.Value is null ? "libfaketime is not installed." : RedisNode.Garnet is null ? "Garnet is not here: run 'dotnet tool restore'." : null;

    /// <summary>Starts a server.</summary>
    public static async Task<RedisNode> StartAsync(ScenarioRun run)
    {
        await File.WriteAllTextAsync(Offset(run), "+0\n");
        return await RedisNode.StartGarnetAsync(run.Directory, "env", $"LD_PRELOAD={Library.Value}", $"FAKETIME_TIMESTAMP_FILE={Offset(run)}",
            "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1");
    }

    /// <summary>Sets the clock forward and back.</summary>
    public static async Task DisturbAsync(ScenarioRun run, RedisNode node, TcpProxy proxy)
    {
        while (run.HasTime(6))
        {
            await run.PauseAsync(1, 2);
            foreach (var shift in (int[])[run.Random.Next(-90, 90), 0])
            {
                var begun = run.Break($"the server's clock is {shift} s off");
                await File.WriteAllTextAsync(Offset(run), $"{shift:+0;-0;+0}\n");
                // The library looks at the file again when more than a second has passed, and counts whole seconds.
                await ScenarioRun.PauseAsync(2.5);
                run.NoteStep(begun);
                run.NoteDisturbance(begun);
                await run.PauseAsync(0.5, 2);
            }
        }
    }

    private static string Offset(ScenarioRun run) => Path.Combine(run.Directory, "offset");
}
