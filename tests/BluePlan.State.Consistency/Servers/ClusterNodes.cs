using BluePlan.State.Redis.Tests;

namespace BluePlan.State.Consistency;

/// <summary>The nodes of a cluster, which can be killed, stopped and started again.</summary>
internal sealed class ClusterNodes(string directory) : IDisposable
{
    private readonly List<RedisNode> _nodes = [];

    /// <summary>The cluster as it was made; what was started again since is not in it.</summary>
    public TestCluster Cluster { get; private set; } = null!;

    public IReadOnlyList<RedisNode> Nodes => _nodes;

    public async Task StartAsync()
    {
        var gate = new Lock();
        Cluster = await TestCluster.StartAsync(async settings =>
        {
            var node = await RedisNode.StartAsync(directory, ["--appendonly", "yes", .. settings]);
            lock (gate) _nodes.Add(node);
            return node.Server;
        });
    }

    /// <summary>Nodes that say of themselves that they are masters and serve slots.</summary>
    public async Task<IReadOnlyList<RedisNode>> MastersAsync()
    {
        var masters = new List<RedisNode>();
        foreach (var node in _nodes.Where(static node => node.Server.IsRunning))
        {
            var own = await OwnLineAsync(node);
            if (own[2].Contains("master", StringComparison.Ordinal) && own.Length > 8) masters.Add(node);
        }
        return masters;
    }

    /// <summary>The replica of a master.</summary>
    public async Task<RedisNode> ReplicaOfAsync(RedisNode master)
    {
        var id = (await OwnLineAsync(master))[0];
        foreach (var node in _nodes.Where(static node => node.Server.IsRunning))
            if ((await OwnLineAsync(node))[3] == id) return node;
        throw new InvalidOperationException("The master has no replica.");
    }

    /// <summary>Whether a node is a master with slots, as itself says.</summary>
    public static async Task<bool> IsMasterAsync(RedisNode node) => await OwnLineAsync(node) is { Length: > 8 } own
        && own[2].Contains("master", StringComparison.Ordinal);

    /// <summary>Waits until every node is up, three are masters, and each of these has a replica that follows it.</summary>
    public Task WholeAsync() => Wait.UntilAsync(async () =>
    {
        var masters = await MastersAsync();
        if (masters.Count != _nodes.Count / 2) return false;
        foreach (var node in _nodes)
        {
            if (!(await node.Server.CallAsync("CLUSTER INFO")).Contains("cluster_state:ok", StringComparison.Ordinal)) return false;
            if (!masters.Contains(node) && !(await node.Server.CallAsync("INFO replication")).Contains("master_link_status:up",
                StringComparison.Ordinal)) return false;
        }
        return true;
    }, 60, "the cluster is whole");

    /// <summary>After what time a node that is not heard is taken for dead.</summary>
    public async Task SetNodeTimeoutAsync(int milliseconds, RedisNode? except = null)
    {
        foreach (var node in _nodes.Where(node => node != except
            && node.Server.IsRunning)) await node.Server.CallAsync($"CONFIG SET cluster-node-timeout {milliseconds}");
    }

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
    }

    private static async Task<string[]> OwnLineAsync(RedisNode node) => (await node.Server.CallAsync("CLUSTER NODES")).Split('\n')
        .First(static line => line.Contains("myself", StringComparison.Ordinal)).Split(' ');
}
