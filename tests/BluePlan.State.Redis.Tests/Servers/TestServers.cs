using System.Collections.Concurrent;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>The servers that the tests of this assembly share, each started by the first test that needs it. Stores differ by their prefix.</summary>
[SetUpFixture]
internal sealed class TestServers
{
    private const string GarnetVersion = "2.2.8";
    private const string NoRedis = "redis-server is not on this machine's PATH.";
    private const string NoGarnet = $"Garnet {GarnetVersion} is not on this machine: run 'dotnet tool restore'.";
    private static readonly string? RedisPath = FindRedis();
    private static readonly string GarnetPath = Path.Combine(PackagesPath(), "garnet-server", GarnetVersion, "tools", "net10.0", "any", "GarnetServer.dll");
    private static readonly Lazy<Task<TestServer>> SharedRedis = new(() => StartRedisAsync());
    private static readonly Lazy<Task<TestCluster>> SharedCluster = new(StartClusterAsync);
    private static readonly Lazy<Task<TestServer>> SharedGarnet = new(StartGarnetAsync);

    private static readonly ConcurrentBag<TestServer> Stepped = [];

    /// <summary>The shared redis-server.</summary>
    public static Task<TestServer> RedisAsync() => Needs(RedisPath is not null, NoRedis, SharedRedis);

    /// <summary>The shared cluster, which nobody disturbs.</summary>
    public static Task<TestCluster> ClusterAsync() => Needs(RedisPath is not null, NoRedis, SharedCluster);

    /// <summary>The shared Garnet.</summary>
    public static Task<TestServer> GarnetAsync() => Needs(File.Exists(GarnetPath), NoGarnet, SharedGarnet);

    /// <summary>A redis-server of a test's own, which it disposes.</summary>
    /// <param name="settings">Settings as on its command line.</param>
    public static Task<TestServer> StartRedisAsync(params string[] settings) => StartRedisAsync(null, settings);

    /// <summary>The same on a certain port.</summary>
    /// <param name="onPort">The port; null = a free one.</param>
    /// <param name="settings">Settings as on its command line.</param>
    public static async Task<TestServer> StartRedisAsync(int? onPort, params string[] settings)
    {
        if (RedisPath is null) Missing(NoRedis);
        return await TestServer.StartAsync((port, directory) =>
            [RedisPath!, "--port", $"{port}", "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "no", .. settings.Select(static setting => setting == TestServer.AnyPort ? $"{TestServer.FreePort()}" : setting)], onPort);
    }

    /// <summary>A sentinel of a test's own, which watches a primary and lets a replica take its place when it is not heard for 20 seconds.</summary>
    /// <param name="service">What clients ask for.</param>
    /// <param name="primary">The primary.</param>
    public static Task<TestServer> StartSentinelAsync(string service, TestServer primary)
    {
        if (RedisPath is null) Missing(NoRedis);
        return TestServer.StartAsync((port, directory) =>
        {
            var settings = Path.Combine(directory, "sentinel.conf");
            File.WriteAllLines(settings, [$"port {port}", "bind 127.0.0.1", $"dir {directory}", $"sentinel monitor {service} 127.0.0.1 {primary.Port} 1", $"sentinel down-after-milliseconds {service} 20000", $"sentinel failover-timeout {service} 10000"]);
            return [RedisPath!, settings, "--sentinel"];
        });
    }

    /// <summary>A cluster of a test's own, which it disposes.</summary>
    public static Task<TestCluster> StartClusterAsync() => TestCluster.StartAsync(StartRedisAsync);

    /// <summary>A server whose clock can be set, by libfaketime, until all tests have ended. It is Garnet, since the memory allocator of Redis and that library exclude each other.</summary>
    /// <returns>The server, and the file that says how many seconds its clock is ahead.</returns>
    public static async Task<(TestServer Server, string OffsetFile)> SteppedAsync()
    {
        if (!File.Exists(GarnetPath)) Missing(NoGarnet);
        var library = Directory.EnumerateFiles("/usr/lib", "libfaketime.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true }).FirstOrDefault();
        if (library is null) Missing("libfaketime is not on this machine.");
        var offsetFile = "";
        var server = await StartGarnetAsync(directory =>
        {
            File.WriteAllText(offsetFile = Path.Combine(directory, "offset"), "+0\n");
            return ["env", $"LD_PRELOAD={library}", $"FAKETIME_TIMESTAMP_FILE={offsetFile}", "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"];
        });
        Stepped.Add(server);
        return (server, offsetFile);
    }

    /// <summary>Fixtures run side by side and some hold a thread of the pool for a moment; none should wait for the pool to find out that it needs more.</summary>
    [OneTimeSetUp]
    public void GiveThreads() => ThreadPool.SetMinThreads(64, 64);

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        await EndAsync(SharedRedis);
        await EndAsync(SharedGarnet);
        await EndAsync(SharedCluster);
        foreach (var server in Stepped) server.Dispose();
    }

    private static async Task EndAsync<T>(Lazy<Task<T>> shared) where T : IDisposable
    {
        if (shared.IsValueCreated && await Task.WhenAny(shared.Value) is { IsCompletedSuccessfully: true } started) started.Result.Dispose();
    }

    private static Task<TestServer> StartGarnetAsync() => StartGarnetAsync(static _ => []);

    private static Task<TestServer> StartGarnetAsync(Func<string, string[]> within) => TestServer.StartAsync((port, directory) =>
        [.. within(directory), "dotnet", GarnetPath, "--port", $"{port}", "--bind", "127.0.0.1", "--checkpointdir", directory, "--lua", "--lua-transaction-mode", "--memory", "512m", "--index", "32m"]);

    private static async Task<T> Needs<T>(bool isThere, string reason, Lazy<Task<T>> server)
    {
        if (!isThere) Missing(reason);
        return await server.Value;
    }

    private static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
        Assert.Ignore(reason);
    }

    private static string? FindRedis() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(static p => p.Length > 0).Select(static p => Path.Combine(p, "redis-server")).FirstOrDefault(File.Exists);

    private static string PackagesPath() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
