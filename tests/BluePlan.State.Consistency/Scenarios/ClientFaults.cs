namespace BluePlan.State.Consistency;

/// <summary>What is done to clients.</summary>
internal static class ClientFaults
{
    /// <summary>Kills clients at any moment; others take their places.</summary>
    public static async Task KillAsync(ScenarioRun run)
    {
        while (run.HasTime(3))
        {
            await run.PauseAsync(0.5, 2.5);
            var begun = run.Break("kill -9 of a client");
            await run.ReplaceAsync(run.Clients[run.Random.Next(run.Clients.Count)]);
            run.NoteDisturbance(begun);
        }
    }

    /// <summary>Stops clients for longer than a lease lasts.</summary>
    public static async Task StopAsync(ScenarioRun run)
    {
        while (run.HasTime(7))
        {
            await run.PauseAsync(0.5, 2);
            await StopOneAsync(run);
        }
    }

    /// <summary>Stops one client for one to five seconds.</summary>
    public static async Task StopOneAsync(ScenarioRun run)
    {
        var client = run.Clients[run.Random.Next(run.Clients.Count)];
        var begun = run.Break("SIGSTOP of a client");
        client.Stop();
        await run.PauseAsync(1, 5);
        client.Continue();
        run.Log("SIGCONT");
        run.NoteDisturbance(begun);
    }

    /// <summary>Sets the clocks of clients forward and back, up to a day. Redis decides by its own.</summary>
    public static async Task ClockAsync(ScenarioRun run)
    {
        while (run.HasTime(2))
        {
            await run.PauseAsync(0.5, 2);
            var shift = run.Random.Next(-80_000, 80_000);
            run.Break($"the clock of a client is {shift} s off");
            await run.Clients[run.Random.Next(run.Clients.Count)].SetClockAsync(shift);
        }
    }
}
