using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>A cluster of our own on free loopback ports: three masters, each with a third of the slots, and a replica of each.</summary>
internal sealed class TestCluster : IDisposable
{
    private const int Masters = 3;
    private const int Slots = 16_384;
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(60);

    // While they join, since they talk to each other twice in that time; and afterwards, so that none of a busy machine's is taken for dead.
    private static readonly TimeSpan JoiningTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(20);

    private readonly IReadOnlyList<TestServer> _nodes;

    private TestCluster(IReadOnlyList<TestServer> nodes) => _nodes = nodes;

    /// <summary>All nodes, as a connection string names them.</summary>
    public string Address => string.Join(',', _nodes.Select(static node => node.Address));

    /// <summary>For clients of tests that are not about timeouts; more settings may be added, of which the last counts.</summary>
    public string ConnectionString => $"{Address},{TestServer.Patience}";

    /// <summary>All nodes: the masters first, then their replicas in the same order.</summary>
    public IReadOnlyList<TestServer> Nodes => _nodes;

    /// <summary>Starts the nodes, joins them and waits until they serve every slot.</summary>
    /// <param name="start">Starts one node with settings.</param>
    public static async Task<TestCluster> StartAsync(Func<string[], Task<TestServer>> start)
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 2 * Masters).Select(_ => start(["--cluster-enabled", "yes", "--cluster-node-timeout", $"{JoiningTimeout.TotalMilliseconds}", "--cluster-port", TestServer.AnyPort, "--repl-diskless-sync-delay", "0"])));
        var cluster = new TestCluster(nodes);
        for (var i = 0; i < nodes.Length; i++)
        {
            await nodes[i].CallAsync($"CLUSTER SET-CONFIG-EPOCH {i + 1}");
            if (i < Masters) await nodes[i].CallAsync($"CLUSTER ADDSLOTSRANGE {Slots * i / Masters} {Slots * (i + 1) / Masters - 1}");
            if (i > 0) await nodes[0].CallAsync($"CLUSTER MEET 127.0.0.1 {nodes[i].Port} {await BusPortOfAsync(nodes[i])}");
        }
        await UntilAsync(nodes, static async node => (await node.CallAsync("CLUSTER INFO")).Contains($"cluster_known_nodes:{2 * Masters}\r", StringComparison.Ordinal));
        for (var i = 0; i < Masters; i++)
        {
            var master = await nodes[i].CallAsync("CLUSTER MYID");
            // A replica can follow only a master that it has heard to be one.
            await UntilAsync([nodes[i + Masters]], async node => await node.TryCallAsync($"CLUSTER REPLICATE {master}") == "OK");
        }
        await UntilAsync(nodes, static async node => (await node.CallAsync("CLUSTER INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
        await UntilAsync(nodes.Skip(Masters), static async node => (await node.CallAsync("INFO replication")).Contains("master_link_status:up", StringComparison.Ordinal));
        // Clients learn from any node who is a replica of whom.
        await UntilAsync(nodes, static async node => (await node.CallAsync("CLUSTER NODES")).Split('\n').Count(static line => line.Contains("slave ", StringComparison.Ordinal)) == Masters);
        await cluster.SetNodeTimeoutAsync(NodeTimeout);
        return cluster;
    }

    /// <summary>Sets after what time a node that is not heard is taken for dead, and its replica takes over: 20 seconds when the cluster has started.</summary>
    /// <param name="timeout">The time.</param>
    public async Task SetNodeTimeoutAsync(TimeSpan timeout)
    {
        foreach (var node in _nodes.Where(static node => node.IsRunning)) await node.CallAsync($"CONFIG SET cluster-node-timeout {timeout.TotalMilliseconds}");
    }

    /// <summary>The master that serves a slot, as itself says.</summary>
    public async Task<TestServer> MasterOfAsync(int slot)
    {
        foreach (var node in _nodes.Where(static node => node.IsRunning))
        {
            var own = (await node.CallAsync("CLUSTER NODES")).Split('\n').First(static line => line.Contains("myself,", StringComparison.Ordinal)).Split(' ');
            if (own[2].Contains("master", StringComparison.Ordinal) && own.Skip(8).Any(range => Contains(range, slot))) return node;
        }
        throw new InvalidOperationException($"Nobody serves slot {slot}.");
    }

    /// <summary>Moves a slot to another master, as a resharding does: key by key while clients go on.</summary>
    /// <param name="admin">A connection to the cluster.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="to">Who shall serve it.</param>
    /// <param name="underWay">Called once, when the first keys have moved and others have not; null = nothing is.</param>
    public async Task MoveSlotAsync(IConnectionMultiplexer admin, int slot, TestServer to, Func<Task>? underWay = null)
    {
        var from = await MasterOfAsync(slot);
        var (source, target) = (await from.CallAsync("CLUSTER MYID"), await to.CallAsync("CLUSTER MYID"));
        await to.CallAsync($"CLUSTER SETSLOT {slot} IMPORTING {source}");
        await from.CallAsync($"CLUSTER SETSLOT {slot} MIGRATING {target}");
        var server = admin.GetServer(from.Address);
        while ((RedisKey[])(await server.ExecuteAsync("CLUSTER", "GETKEYSINSLOT", slot, 20))! is { Length: > 0 } keys)
        {
            await server.ExecuteAsync("MIGRATE", ["127.0.0.1", to.Port, "", 0, 30_000, "KEYS", .. keys.Select(static key => (object)key)]);
            if (underWay is not null) await underWay();
            underWay = null;
        }
        foreach (var node in (TestServer[])[to, from, .. _nodes.Take(Masters)]) await node.CallAsync($"CLUSTER SETSLOT {slot} NODE {target}");
        // Nodes that hear of one move while they tell of the one before may end up with a slot that is nobody's.
        await UntilAsync(_nodes.Where(static node => node.IsRunning), async node => (await node.CallAsync("CLUSTER NODES")).Split('\n').Any(line => line.StartsWith(target, StringComparison.Ordinal) && line.Split(' ').Skip(8).Any(range => Contains(range, slot))));
    }

    /// <summary>Ends every node.</summary>
    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
    }

    // Its line begins: id address:port@bus-port.
    private static async Task<string> BusPortOfAsync(TestServer node) => (await node.CallAsync("CLUSTER NODES")).Split(' ')[1].Split('@', ',')[1];

    private static bool Contains(string range, int slot)
    {
        if (range.StartsWith('[')) return false;
        var ends = range.Split('-');
        return slot >= int.Parse(ends[0], CultureInfo.InvariantCulture) && slot <= int.Parse(ends[^1], CultureInfo.InvariantCulture);
    }

    private static async Task UntilAsync(IEnumerable<TestServer> nodes, Func<TestServer, Task<bool>> isSo)
    {
        foreach (var node in nodes)
            for (var begun = Stopwatch.GetTimestamp(); !await isSo(node); await Task.Delay(20))
                if (Stopwatch.GetElapsedTime(begun) > JoinLimit) throw new InvalidOperationException($"The cluster did not come up: {await node.CallAsync("CLUSTER INFO")}{await node.CallAsync("CLUSTER NODES")}");
    }
}
