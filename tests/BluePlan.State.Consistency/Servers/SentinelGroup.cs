using System.Globalization;
using BluePlan.State.Redis.Tests;

namespace BluePlan.State.Consistency;

/// <summary>
/// A primary and its replicas, each behind a proxy, and a sentinel, which all reach each other from <see cref="TcpProxy.ServerAddress"/>.
/// </summary>
internal sealed class SentinelGroup : IDisposable
{
    private const string Service = "chat";
    private readonly List<(RedisNode Node, TcpProxy Proxy)> _members = [];
    private TestServer _sentinel = null!;

    /// <summary>What clients connect to.</summary>
    public string ConnectionString => $"{_sentinel.Address},serviceName={Service},asyncTimeout=3000,connectTimeout=3000";

    /// <summary>Starts it, and waits until the replicas follow and the sentinel knows them.</summary>
    public static async Task<SentinelGroup> StartAsync(string directory, int replicas)
    {
        var group = new SentinelGroup();
        try
        {
            for (var i = 0; i <= replicas; i++)
            {
                var front = TestServer.FreePort();
                string[] follow = i == 0 ? [] : ["--replicaof", "127.0.0.1", $"{group._members[0].Proxy.Port}"];
                var node = await RedisNode.StartAsync(directory, [
                    "--appendonly", "yes", "--repl-diskless-sync-delay", "0", "--repl-timeout", "5", "--protected-mode", "no",
                    "--bind-source-addr", TcpProxy.ServerAddress,
                    "--replica-announce-ip", "127.0.0.1", "--replica-announce-port", $"{front}", .. follow]);
                group._members.Add((node, new(front, node.Port)));
            }
            group._sentinel = await TestServer.StartAsync((port, own) =>
            {
                var settings = Path.Combine(own, "sentinel.conf");
                File.WriteAllLines(settings, [$"port {port}", "bind 127.0.0.1", $"bind-source-addr {TcpProxy.ServerAddress}", $"dir {own}",
                    $"sentinel monitor {Service} 127.0.0.1 {group._members[0].Proxy.Port} 1",
                    $"sentinel down-after-milliseconds {Service} 20000", $"sentinel failover-timeout {Service} 6000"]);
                return [RedisNode.Program!, settings, "--sentinel"];
            });
            await group.WholeAsync();
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    /// <summary>The member that the sentinel names as primary.</summary>
    public async Task<(RedisNode Node, TcpProxy Proxy)> PrimaryAsync()
    {
        var address = await FieldAsync("address");
        var port = int.Parse(address.AsSpan(address.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
        return _members.First(member => member.Proxy.Port == port);
    }

    /// <summary>Asks the sentinel for a failover, as an administrator does.</summary>
    public Task FailOverAsync() => _sentinel.CallAsync($"SENTINEL FAILOVER {Service}");

    /// <summary>
    /// Lets the sentinel miss a primary after a second, or, as in quiet times, after 20, so that nobody of a busy machine's is taken for
    /// dead.
    /// </summary>
    public Task WatchCloselyAsync(bool closely) =>
        _sentinel.CallAsync($"SENTINEL SET {Service} down-after-milliseconds {(closely ? 1000 : 20_000)}");

    /// <summary>Waits until the sentinel names another primary than this.</summary>
    public Task NewPrimaryAsync(RedisNode old) =>
        Wait.UntilAsync(async () => (await PrimaryAsync()).Node != old, 60, "the sentinel names a new primary");

    /// <summary>Waits until every member is up, all but the named primary follow it, and the sentinel knows them.</summary>
    public Task WholeAsync() => Wait.UntilAsync(async () =>
    {
        var primary = await PrimaryAsync();
        var replication = await primary.Node.Server.TryCallAsync("INFO replication");
        var online = replication.Split('\n').Count(static line =>
            line.StartsWith("slave", StringComparison.Ordinal) && line.Contains("state=online", StringComparison.Ordinal));
        if (!replication.Contains("role:master", StringComparison.Ordinal) || online != _members.Count - 1) return false;
        foreach (var member in _members.Where(member => member != primary))
        {
            var link = await member.Node.Server.TryCallAsync("INFO replication");
            if (!link.Contains("master_link_status:up", StringComparison.Ordinal)) return false;
        }
        // The sentinel promotes only a replica that it has heard of as one, and asks each every ten seconds.
        return await FieldAsync("slaves") == $"{_members.Count - 1}";
    }, 60, "the replicas follow the primary");

    public void Dispose()
    {
        _sentinel?.Dispose();
        foreach (var (node, proxy) in _members)
        {
            proxy.Dispose();
            node.Dispose();
        }
    }

    // Its line: master0:name=chat,status=ok,address=127.0.0.1:6379,slaves=1,sentinels=1
    private async Task<string> FieldAsync(string name)
    {
        const string begin = "master0:";
        var line = (await _sentinel.CallAsync("INFO sentinel")).Split('\n').First(static line => line.StartsWith(begin, StringComparison.Ordinal));
        return line.Trim()[begin.Length..].Split(',').First(part => part.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
    }
}
