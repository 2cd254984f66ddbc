using StackExchange.Redis;

namespace BluePlan.State.Consistency;

/// <summary>What is done to a cluster.</summary>
internal static class ClusterFaults
{
    private const long Before = 1_000_000, After = 1_500_000;
    private const int Quiet = 20_000, Close = 1500, Slots = 16_384;

    /// <summary>Slots move from master to master.</summary>
    public static async Task MoveAsync(ScenarioRun run, ClusterNodes nodes)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{nodes.Cluster.ConnectionString},allowAdmin=true");
        while (run.HasTime(4))
        {
            await run.PauseAsync(0, 0.3);
            // Those with keys of the store are the ones that matter.
            var masters = await nodes.MastersAsync();
            var from = masters[run.Random.Next(masters.Count)];
            var slot = await UsedSlotAsync(run, from);
            if (slot is null) continue;
            var to = masters[(masters.ToList().IndexOf(from) + 1) % masters.Count];
            var begun = run.Break($"slot {slot} moves");
            await nodes.Cluster.MoveSlotAsync(admin, slot.Value, to.Server);
            run.NoteDisturbance(begun);
        }
    }

    /// <summary>A replica takes over from its master in agreement with it, which loses nothing.</summary>
    public static async Task FailOverAsync(ScenarioRun run, ClusterNodes nodes)
    {
        while (run.HasTime(8))
        {
            await run.PauseAsync(0.5, 2);
            var masters = await nodes.MastersAsync();
            var old = masters[run.Random.Next(masters.Count)];
            var replica = await nodes.ReplicaOfAsync(old);
            var begun = run.Break("CLUSTER FAILOVER");
            // A busy machine may not be done within the server's five seconds.
            for (var attempt = 1; ; attempt++)
            {
                await replica.Server.TryCallAsync("CLUSTER FAILOVER");
                if (await Wait.HappensAsync(() => ClusterNodes.IsMasterAsync(replica), 6)) break;
                if (attempt == 10) throw new InvalidOperationException("The replica did not take over.");
            }
            await nodes.WholeAsync();
            run.NoteDisturbance(begun);
        }
    }

    /// <summary>A master is killed, its replica takes over, and it comes back.</summary>
    public static async Task KillAsync(ScenarioRun run, ClusterNodes nodes)
    {
        while (run.HasTime(16))
        {
            await run.PauseAsync(1, 2);
            var (old, replica, begun) = await ChooseAsync(run, nodes, "kill -9 of a master");
            old.Kill();
            await TakesOverAsync(run, nodes, old, replica, begun);
            await old.RestartAsync();
            run.Log("the former master is back");
            await SettleAsync(run, nodes, begun);
        }
    }

    /// <summary>A master stands still until its replica has taken over, and goes on where it was.</summary>
    public static async Task StopAsync(ScenarioRun run, ClusterNodes nodes)
    {
        while (run.HasTime(16))
        {
            await run.PauseAsync(1, 2);
            var (old, replica, begun) = await ChooseAsync(run, nodes, "SIGSTOP of a master");
            old.Stop();
            await TakesOverAsync(run, nodes, old, replica, begun);
            old.Continue();
            var back = run.Now;
            run.Log("SIGCONT of the former master");
            // It serves its slots until it hears of its successor.
            await Wait.UntilAsync(async () => !await ClusterNodes.IsMasterAsync(old), 30, "the former master hears of its successor");
            run.NoteWindow(back, run.Now);
            await SettleAsync(run, nodes, begun);
        }
    }

    private static async Task<(RedisNode Old, RedisNode Replica, long Begun)> ChooseAsync(ScenarioRun run, ClusterNodes nodes, string what)
    {
        var masters = await nodes.MastersAsync();
        var old = masters[run.Random.Next(masters.Count)];
        var replica = await nodes.ReplicaOfAsync(old);
        return (old, replica, run.Break(what));
    }

    private static async Task TakesOverAsync(ScenarioRun run, ClusterNodes nodes, RedisNode old, RedisNode replica, long begun)
    {
        await nodes.SetNodeTimeoutAsync(Close, old);
        await Wait.UntilAsync(() => ClusterNodes.IsMasterAsync(replica), 60, "the replica takes over");
        run.NoteWindow(begun - Before, run.Now + After);
        await run.PauseAsync(0, 3);
    }

    private static async Task SettleAsync(ScenarioRun run, ClusterNodes nodes, long begun)
    {
        await Wait.UntilAsync(async () =>
        {
            await nodes.SetNodeTimeoutAsync(Close);
            return true;
        }, 30, "every node answers");
        await nodes.WholeAsync();
        await nodes.SetNodeTimeoutAsync(Quiet);
        run.Log("the cluster is whole");
        if (!await run.RecoversAsync(TimeSpan.FromSeconds(20))) run.NoteAnomaly("does not recover",
            "20 s after the cluster is whole no write was acknowledged.");
        run.NoteDisturbance(begun);
    }

    private static async Task<int?> UsedSlotAsync(ScenarioRun run, RedisNode node)
    {
        var ranges = (await node.Server.CallAsync("CLUSTER NODES")).Split('\n')
            .First(static line => line.Contains("myself", StringComparison.Ordinal)).Trim().Split(' ').Skip(8)
            .Where(static range => range[0] != '[')
            .Select(static range => range.Split('-'))
                .Select(static ends => (First: int.Parse(ends[0], System.Globalization.CultureInfo.InvariantCulture),
                Last: int.Parse(ends[^1], System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        // The store's partitions lie on few slots; RANDOMKEY finds one. Users' names in keys may have blanks.
        var key = await node.Server.TryCallAsync("RANDOMKEY");
        if (key == "-1") return null;
        var slot = int.Parse(await node.Server.CallAsync($"CLUSTER KEYSLOT \"{key}\""), System.Globalization.CultureInfo.InvariantCulture);
        return ranges.Any(range => slot >= range.First && slot <= range.Last && slot < Slots) ? slot : null;
    }
}
