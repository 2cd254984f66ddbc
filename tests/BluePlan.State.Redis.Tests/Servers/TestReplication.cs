using System.Diagnostics;
using FluentAssertions;

namespace BluePlan.State.Redis.Tests;

/// <summary>A primary and its replicas, of a test's own. The primary keeps what it writes, so that it comes back with it.</summary>
internal sealed class TestReplication : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("blueplan-primary-").FullName;

    /// <summary>The first primary.</summary>
    public TestServer First { get; private set; } = null!;

    /// <summary>Its replicas.</summary>
    public IReadOnlyList<TestServer> Replicas { get; private set; } = [];

    /// <summary>Whoever takes over.</summary>
    public TestServer Second => Replicas[0];

    /// <summary>The sentinel; null if there is none.</summary>
    public TestServer? Sentinel { get; private set; }

    /// <summary>For a client of the sentinel, or of all servers where there is none.</summary>
    public string ConnectionString => (Sentinel is { } sentinel ? $"{sentinel.Address},serviceName=chat" : string.Join(',', Replicas.Prepend(First).Select(static server => server.Address))) + ",asyncTimeout=4000,connectTimeout=4000";

    /// <summary>Starts the servers.</summary>
    /// <param name="replicas">How many replicas there are.</param>
    /// <param name="withSentinel">Whether a sentinel watches, which takes a primary for dead after 2 seconds.</param>
    public static async Task<TestReplication> StartAsync(int replicas = 1, bool withSentinel = false)
    {
        var all = new TestReplication();
        all.First = await all.StartFirstAsync(null);
        all.Replicas = await Task.WhenAll(Enumerable.Range(0, replicas).Select(_ => TestServers.StartRedisAsync("--replicaof", "127.0.0.1", $"{all.First.Port}", "--repl-diskless-sync-delay", "0")));
        foreach (var replica in all.Replicas) await UntilReplicaAsync(replica);
        if (!withSentinel) return all;
        all.Sentinel = await TestServers.StartSentinelAsync("chat", all.First);
        // It promotes only a replica that it has heard of.
        await Poll.UntilAsync(async () => (await all.Sentinel.CallAsync("INFO sentinel")).Contains($"slaves={replicas}", StringComparison.Ordinal), Limit, "the sentinel finds the replicas");
        await all.Sentinel.CallAsync("SENTINEL SET chat down-after-milliseconds 2000");
        return all;
    }

    /// <summary>Starts the first primary again after it was killed: with what it had, and as the primary that it was.</summary>
    public async Task RestartFirstAsync()
    {
        var port = First.Port;
        First.Dispose();
        First = await StartFirstAsync(port);
    }

    /// <summary>Waits until a sentinel names the second server.</summary>
    public Task UntilSentinelNamesSecondAsync() => Poll.UntilAsync(async () => (await Sentinel!.CallAsync("INFO sentinel")).Contains($":{Second.Port},", StringComparison.Ordinal), Limit, "the sentinel promotes the replica");

    /// <summary>Waits until a server follows another.</summary>
    public static Task UntilReplicaAsync(TestServer server) => Poll.UntilAsync(async () =>
    {
        try
        {
            return (await server.CallAsync("INFO replication")).Contains("master_link_status:up", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // A sentinel that makes a server a replica also ends the connections of its clients (CLIENT KILL TYPE normal).
            return false;
        }
    }, Limit, "the replica connects");

    /// <summary>Sends a signal to a server's process.</summary>
    public static async Task SignalAsync(TestServer server, string signal, string? process = null)
    {
        using var kill = Process.Start("/bin/kill", [signal, process ?? await ProcessOfAsync(server)]);
        await kill.WaitForExitAsync();
        kill.ExitCode.Should().Be(0);
    }

    /// <summary>The id of a server's process.</summary>
    public static async Task<string> ProcessOfAsync(TestServer server) => (await server.CallAsync("INFO server")).Split('\n').First(static line => line.StartsWith("process_id:", StringComparison.Ordinal))[11..].Trim();

    public void Dispose()
    {
        Sentinel?.Dispose();
        foreach (var replica in Replicas) replica.Dispose();
        First?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Task<TestServer> StartFirstAsync(int? port) => TestServers.StartRedisAsync(port, "--repl-diskless-sync-delay", "0", "--dir", _directory, "--appendonly", "yes", "--appendfsync", "always");
}
