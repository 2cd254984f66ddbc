namespace BluePlan.State.Consistency;

/// <summary>All scenarios.</summary>
internal static class ScenarioList
{
    public static IReadOnlyList<Scenario> All =>
    [
        new MemoryScenario(),
        new FileScenario("file", "One process on files, undisturbed."),
        new FileScenario("file-kill", "The process is killed at any moment; the next one opens the directory.", FileFaults.KillAsync),
        new FileScenario("file-stop", "The process stands still for longer than a lease lasts.", FileFaults.StopAsync),
        new FileScenario("file-clock", "The process's clock is set forward and back.", FileFaults.ClockAsync),
        new FileScenario("file-rename", "The directory is renamed under the process for a while.", FileFaults.RenameAsync),
        new VanishingDirectoryScenario(),
        new FileScenario("file-lock", "The lock file is deleted, replaced or renamed, and a second process opens the directory.",
            FileFaults.LockAsync),
        new SmallDiskScenario(),
        new RedisScenario("redis", "Several processes on one Redis server, undisturbed."),
        new RedisScenario("redis-swallow", "Requests go through and their replies are dropped.", RedisFaults.SwallowAsync),
        new RedisScenario("redis-half-open", "Connections look alive and pass nothing.", RedisFaults.HalfOpenAsync),
        new RedisScenario("redis-cut", "Connections end and new ones are refused.", RedisFaults.CutAsync),
        new RedisScenario("redis-stop", "The server stands still.", RedisFaults.StopAsync),
        new RedisScenario("redis-restart", "The server is killed and comes back with all that it acknowledged.", RedisFaults.RestartAsync),
        new RedisScenario("server-clock", "The clock of the server, Garnet, is set forward and back.", ServerClock.DisturbAsync)
        {
            Start = ServerClock.StartAsync,
            StartMissing = ServerClock.Missing,
        },
        new RedisScenario("client-kill", "Clients are killed.", static (run, _, _) => ClientFaults.KillAsync(run)),
        new RedisScenario("client-stop", "Clients stand still for longer than a lease lasts.",
            static (run, _, _) => ClientFaults.StopAsync(run)),
        new RedisScenario("client-clock", "The clocks of clients are up to a day wrong.",
            static (run, _, _) => ClientFaults.ClockAsync(run)),
        new SentinelScenario("sentinel-failover", "SENTINEL FAILOVER: both nodes stay up.", SentinelFaults.FailOverAsync),
        new SentinelScenario("sentinel-kill", "The primary is killed, and comes back as a primary four seconds later.",
            SentinelFaults.KillAsync),
        new SentinelScenario("sentinel-stop", "The primary stands still until another is named, and goes on where it was.",
            SentinelFaults.StopAsync),
        new SentinelScenario("sentinel-split", "The primary is cut off from replica and sentinel; clients reach both.",
            SentinelFaults.SplitAsync),
        new SentinelScenario("sentinel-isolate", "The primary is half open to everyone.", SentinelFaults.IsolateAsync),
        new ClusterScenario("cluster-move", "Slots move between the masters of a cluster.", ClusterFaults.MoveAsync),
        new ClusterScenario("cluster-failover", "CLUSTER FAILOVER: a replica takes over in agreement with its master.",
            ClusterFaults.FailOverAsync),
        new ClusterScenario("cluster-kill", "A master is killed, its replica takes over, and it comes back.", ClusterFaults.KillAsync),
        new ClusterScenario("cluster-stop", "A master stands still until its replica has taken over.", ClusterFaults.StopAsync),
    ];
}
