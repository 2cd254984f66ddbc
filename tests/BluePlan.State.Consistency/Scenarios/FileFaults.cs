namespace BluePlan.State.Consistency;

/// <summary>What is done to the file store and to the process that has it.</summary>
internal static class FileFaults
{
    /// <summary>Kills the process at any moment; the next one opens the directory.</summary>
    public static async Task KillAsync(ScenarioRun run, string directory)
    {
        while (run.HasTime(2))
        {
            await run.PauseAsync(0.3, 2.5);
            var begun = run.Break("kill -9 of the process");
            await run.ReplaceAsync(run.Clients[0]);
            run.NoteDisturbance(begun);
        }
    }

    /// <summary>Stops the process for longer than a lease lasts.</summary>
    public static async Task StopAsync(ScenarioRun run, string directory)
    {
        while (run.HasTime(7))
        {
            await run.PauseAsync(0.5, 2);
            await ClientFaults.StopOneAsync(run);
        }
    }

    /// <summary>Sets the process's clock forward and back.</summary>
    public static async Task ClockAsync(ScenarioRun run, string directory)
    {
        while (run.HasTime(5))
        {
            await run.PauseAsync(1, 3);
            var shift = run.Random.Next(-90_000, 90_000);
            run.Break($"the process's clock is {shift} s off");
            await SetClockAsync(run, shift);
            await run.PauseAsync(1, 3);
            run.Log("the process's clock is right again");
            await SetClockAsync(run, 0);
        }
    }

    /// <summary>Takes the directory away, for a while; what has it then may not go on as if it had not noticed.</summary>
    public static async Task RenameAsync(ScenarioRun run, string directory)
    {
        while (run.HasTime(6))
        {
            await run.PauseAsync(0.5, 2);
            var begun = run.Break("the directory is renamed");
            Directory.Move(directory, directory + ".away");
            await ScenarioRun.PauseAsync(2.5);
            run.NoteVanished(begun);
            await run.Clients[0].KillAsync();
            if (Directory.Exists(directory)) run.NoteAnomaly("made again", "The process made the directory that was taken from it.");
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
            Directory.Move(directory + ".away", directory);
            await run.ReplaceAsync(run.Clients[0]);
            run.NoteDisturbance(begun);
        }
    }

    /// <summary>Deletes the directory for good.</summary>
    public static async Task DeleteAsync(ScenarioRun run, string directory)
    {
        while (run.HasTime(5)) await ScenarioRun.PauseAsync(0.2);
        var begun = run.Break("the directory is deleted");
        // While the process makes files there, more than one try is needed.
        for (var attempt = 1; Directory.Exists(directory); attempt++)
        {
            try
            {
                Directory.Delete(directory, recursive: true);
            }
            catch (IOException) when (attempt < 100)
            {
                await Task.Delay(5);
            }
        }
        await ScenarioRun.PauseAsync(4);
        run.NoteVanished(begun);
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory)
            .Any()) run.NoteAnomaly("made again", "The process made files in the directory that was taken from it.");
        run.NoteDisturbance(begun);
    }

    /// <summary>Deletes or replaces the lock file, and opens the directory from a second process.</summary>
    public static async Task LockAsync(ScenarioRun run, string directory)
    {
        while (run.HasTime(6))
        {
            await run.PauseAsync(0.5, 2);
            var file = Path.Combine(directory, "store.lock");
            var how = run.Random.Next(3);
            var begun = run.Break(how switch { 0 => "the lock file is deleted", 1 => "the lock file is replaced",
                _ => "the lock file is renamed" });
            if (how == 2) File.Move(file, file + ".old", overwrite: true);
            else File.Delete(file);
            if (how == 1) await File.WriteAllTextAsync(file, "");
            var second = await run.StartClientAsync(openMilliseconds: 1500);
            var opened = await second.Ready;
            run.Log(opened ? "a second process has opened the directory" : "a second process is refused");
            await ScenarioRun.PauseAsync(1);
            foreach (var client in run.Clients) await client.KillAsync();
            run.Clients.Clear();
            File.Delete(file + ".old");
            await run.StartClientAsync();
            run.NoteDisturbance(begun);
        }
    }

    private static async Task SetClockAsync(ScenarioRun run, int seconds)
    {
        var begun = run.Now;
        await run.Clients[0].SetClockAsync(seconds);
        await ScenarioRun.PauseAsync(0.1);
        run.NoteStep(begun);
        run.NoteDisturbance(begun);
    }
}
