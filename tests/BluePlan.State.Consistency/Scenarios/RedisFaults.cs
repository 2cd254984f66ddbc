namespace BluePlan.State.Consistency;

/// <summary>What is done to one Redis server and the way to it.</summary>
internal static class RedisFaults
{
    /// <summary>Drops replies after the requests went through: what is asked for happens, and nobody hears of it.</summary>
    public static Task SwallowAsync(ScenarioRun run, RedisNode node, TcpProxy proxy) =>
        LinkAsync(run, proxy, LinkState.Swallow, "replies are swallowed", 0.3, 5);

    /// <summary>Connections that look alive and pass nothing.</summary>
    public static Task HalfOpenAsync(ScenarioRun run, RedisNode node, TcpProxy proxy) =>
        LinkAsync(run, proxy, LinkState.HalfOpen, "connections are half open", 0.3, 6);

    /// <summary>Connections that end, and new ones that are refused.</summary>
    public static Task CutAsync(ScenarioRun run, RedisNode node, TcpProxy proxy) =>
        LinkAsync(run, proxy, LinkState.Cut, "connections are cut", 0.05, 3);

    /// <summary>SIGSTOP of the server.</summary>
    public static async Task StopAsync(ScenarioRun run, RedisNode node, TcpProxy proxy)
    {
        while (run.HasTime(7))
        {
            await run.PauseAsync(1, 2);
            var begun = run.Break("SIGSTOP of the server");
            node.Stop();
            await run.PauseAsync(0.5, 5);
            node.Continue();
            run.Log("SIGCONT");
            run.NoteDisturbance(begun);
        }
    }

    /// <summary>Kills the server, which comes back with all that it acknowledged.</summary>
    public static async Task RestartAsync(ScenarioRun run, RedisNode node, TcpProxy proxy)
    {
        while (run.HasTime(5))
        {
            await run.PauseAsync(1, 3);
            var begun = run.Break("kill -9 of the server");
            node.Kill();
            await run.PauseAsync(0, 1);
            await node.RestartAsync();
            run.Log("it is back");
            await run.RecoversAsync(TimeSpan.FromSeconds(15));
            run.NoteDisturbance(begun);
        }
    }

    private static async Task LinkAsync(ScenarioRun run, TcpProxy proxy, LinkState state, string what, double least, double most)
    {
        while (run.HasTime(most + 2))
        {
            await run.PauseAsync(0.5, 2);
            var begun = run.Break(what);
            proxy.SetClients(state);
            await run.PauseAsync(least, most);
            proxy.SetClients(LinkState.Open);
            run.Log("the way is open again");
            await run.RecoversAsync(TimeSpan.FromSeconds(15));
            run.NoteDisturbance(begun);
        }
    }
}
