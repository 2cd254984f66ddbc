namespace BluePlan.State.Consistency;

/// <summary>The ways in which a sentinel gets a new primary.</summary>
internal static class SentinelFaults
{
    // The last moments before a failover, and what a client may need to hear of the new primary.
    private const long Before = 1_000_000, After = 1_500_000;

    /// <summary>A planned failover: both nodes stay up.</summary>
    public static async Task FailOverAsync(ScenarioRun run, SentinelGroup group)
    {
        while (run.HasTime(14))
        {
            await run.PauseAsync(1, 3);
            var old = await group.PrimaryAsync();
            var begun = run.Break("SENTINEL FAILOVER");
            await group.FailOverAsync();
            await group.NewPrimaryAsync(old.Node);
            run.NoteWindow(begun - Before, run.Now + After);
            await SettleAsync(run, group, begun);
        }
    }

    /// <summary>The primary is killed, and comes back four seconds later with what it had on disk, as a primary.</summary>
    public static async Task KillAsync(ScenarioRun run, SentinelGroup group)
    {
        while (run.HasTime(18))
        {
            await run.PauseAsync(1, 3);
            var old = await group.PrimaryAsync();
            var begun = run.Break("kill -9 of the primary");
            old.Node.Kill();
            await group.WatchCloselyAsync(true);
            var named = group.NewPrimaryAsync(old.Node).ContinueWith(_ => run.NoteWindow(begun - Before, run.Now + After),
                TaskScheduler.Default);
            await ScenarioRun.PauseAsync(4);
            await old.Node.RestartAsync();
            run.Log("the former primary is back");
            await named;
            await SettleAsync(run, group, begun);
        }
    }

    /// <summary>The primary stands still for longer than the sentinel waits, and goes on where it was.</summary>
    public static async Task StopAsync(ScenarioRun run, SentinelGroup group)
    {
        while (run.HasTime(18))
        {
            await run.PauseAsync(1, 3);
            var old = await group.PrimaryAsync();
            var begun = run.Break("SIGSTOP of the primary");
            old.Node.Stop();
            await group.WatchCloselyAsync(true);
            await group.NewPrimaryAsync(old.Node);
            run.NoteWindow(begun - Before, run.Now + After);
            await run.PauseAsync(0, 3);
            old.Node.Continue();
            run.Log("SIGCONT of the former primary");
            await SettleAsync(run, group, begun);
        }
    }

    /// <summary>The primary is cut off from its replica and the sentinel, while clients reach both sides.</summary>
    public static async Task SplitAsync(ScenarioRun run, SentinelGroup group)
    {
        while (run.HasTime(20))
        {
            await run.PauseAsync(1, 3);
            var old = await group.PrimaryAsync();
            var begun = run.Break("the primary is cut off from the other servers");
            old.Proxy.SetServers(LinkState.Cut);
            await group.WatchCloselyAsync(true);
            await group.NewPrimaryAsync(old.Node);
            run.Log("the sentinel names another");
            // The primary that is cut off hears of it only later, and clients at once.
            run.NoteWindow(begun - Before, run.Now + After);
            await run.PauseAsync(1, 4);
            old.Proxy.SetServers(LinkState.Open);
            run.Log("the network is whole");
            await Wait.UntilAsync(async () =>
                (await old.Node.Server.CallAsync("INFO replication")).Contains("role:slave", StringComparison.Ordinal), 60,
                "the former primary hears of its successor");
            await SettleAsync(run, group, begun);
        }
    }

    /// <summary>The primary is cut off from everyone, clients too.</summary>
    public static async Task IsolateAsync(ScenarioRun run, SentinelGroup group)
    {
        while (run.HasTime(20))
        {
            await run.PauseAsync(1, 3);
            var old = await group.PrimaryAsync();
            var begun = run.Break("the primary is half open to everyone");
            old.Proxy.SetServers(LinkState.HalfOpen);
            old.Proxy.SetClients(LinkState.HalfOpen);
            await group.WatchCloselyAsync(true);
            await group.NewPrimaryAsync(old.Node);
            run.NoteWindow(begun - Before, run.Now + After);
            await run.PauseAsync(1, 4);
            old.Proxy.SetServers(LinkState.Open);
            old.Proxy.SetClients(LinkState.Open);
            run.Log("the former primary can be reached again");
            await SettleAsync(run, group, begun);
        }
    }

    private static async Task SettleAsync(ScenarioRun run, SentinelGroup group, long begun)
    {
        await group.WatchCloselyAsync(false);
        await group.WholeAsync();
        run.Log("the replica follows");
        if (!await run.RecoversAsync(TimeSpan.FromSeconds(20))) run.NoteAnomaly("does not recover",
            "20 s after the replica follows the new primary no write was acknowledged.");
        run.NoteDisturbance(begun);
    }
}
