namespace BluePlan.State.Consistency;

/// <summary>The ways in which a sentinel gets a new primary.</summary>
internal static class SentinelFaults
{
    // The last moments before a failover, and what a client may need to hear of the new primary.
    private const long Before = 1_000_000, After = 1_500_000;

    /// <summary>A planned failover: both nodes stay up.</summary>
    public static Task FailOverAsync(ScenarioRun run, SentinelGroup group) =>
        RepeatAsync(run, group, 14, "SENTINEL FAILOVER", async (old, begun) =>
        {
            await group.FailOverAsync();
            await NewPrimaryAsync(run, group, old.Node, begun);
        });

    /// <summary>The primary is killed, and comes back four seconds later with what it had on disk, as a primary.</summary>
    public static Task KillAsync(ScenarioRun run, SentinelGroup group) =>
        RepeatAsync(run, group, 18, "kill -9 of the primary", async (old, begun) =>
        {
            old.Node.Kill();
            await group.WatchCloselyAsync(true);
            var named = NewPrimaryAsync(run, group, old.Node, begun);
            await ScenarioRun.PauseAsync(4);
            await old.Node.RestartAsync();
            run.Log("the former primary is back");
            await named;
        });

    /// <summary>The primary stands still for longer than the sentinel waits, and goes on where it was.</summary>
    public static Task StopAsync(ScenarioRun run, SentinelGroup group) =>
        RepeatAsync(run, group, 18, "SIGSTOP of the primary", async (old, begun) =>
        {
            old.Node.Stop();
            await group.WatchCloselyAsync(true);
            await NewPrimaryAsync(run, group, old.Node, begun);
            await run.PauseAsync(0, 3);
            old.Node.Continue();
            run.Log("SIGCONT of the former primary");
        });

    /// <summary>The primary is cut off from its replica and the sentinel, while clients reach both sides.</summary>
    public static Task SplitAsync(ScenarioRun run, SentinelGroup group) =>
        RepeatAsync(run, group, 20, "the primary is cut off from the other servers", async (old, begun) =>
        {
            old.Proxy.SetServers(LinkState.Cut);
            await group.WatchCloselyAsync(true);
            // The primary that is cut off hears of the new one only later, and clients at once.
            await NewPrimaryAsync(run, group, old.Node, begun);
            run.Log("the sentinel names another");
            await run.PauseAsync(1, 4);
            old.Proxy.SetServers(LinkState.Open);
            run.Log("the network is whole");
            await Wait.UntilAsync(async () =>
                (await old.Node.Server.CallAsync("INFO replication")).Contains("role:slave", StringComparison.Ordinal), 60,
                "the former primary hears of its successor");
        });

    /// <summary>The primary is cut off from everyone, clients too.</summary>
    public static Task IsolateAsync(ScenarioRun run, SentinelGroup group) =>
        RepeatAsync(run, group, 20, "the primary is half open to everyone", async (old, begun) =>
        {
            old.Proxy.SetServers(LinkState.HalfOpen);
            old.Proxy.SetClients(LinkState.HalfOpen);
            await group.WatchCloselyAsync(true);
            await NewPrimaryAsync(run, group, old.Node, begun);
            await run.PauseAsync(1, 4);
            old.Proxy.SetServers(LinkState.Open);
            old.Proxy.SetClients(LinkState.Open);
            run.Log("the former primary can be reached again");
        });

    /// <summary>Breaks the primary as long as there is time, and each time waits until all is whole again.</summary>
    private static async Task RepeatAsync(ScenarioRun run, SentinelGroup group, int seconds, string what,
        Func<(RedisNode Node, TcpProxy Proxy), long, Task> fault)
    {
        while (run.HasTime(seconds))
        {
            await run.PauseAsync(1, 3);
            var old = await group.PrimaryAsync();
            var begun = run.Break(what);
            await fault(old, begun);
            await SettleAsync(run, group, begun);
        }
    }

    private static async Task NewPrimaryAsync(ScenarioRun run, SentinelGroup group, RedisNode old, long begun)
    {
        await group.NewPrimaryAsync(old);
        run.NoteWindow(begun - Before, run.Now + After);
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
