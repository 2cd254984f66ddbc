using System.Net;
using System.Text.RegularExpressions;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>The user that the documentation of <see cref="RedisStateOptions"/> gives to a store has the rights that it needs, and no more.</summary>
[TestFixture]
public sealed partial class AccessControlTests
{
    private const string Password = "s3cret";
    private static readonly string[] DoneWithout = ["command config|get"];

    [Test]
    public async Task Store_UserAsDocumented_DoesEverything()
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync(DocumentedLine());
        await using var services = new ServiceCollection().AddBluePlanState(state => state.UseRedis($"{server.ConnectionString},user=app,password={Password},configChannel=,tiebreaker=")).Services.BuildServiceProvider();
        var state = services.GetRequiredService<IBluePlanState>();
        await server.CallAsync("ACL LOG RESET");

        await EveryManager.UseAsync(state);

        (await DeniedAsync(server)).Should().BeSubsetOf(DoneWithout);
    }

    [Test]
    public async Task Provider_UserAsDocumented_ExportsImportsAndWatches()
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync(DocumentedLine());
        await using var provider = new RedisStateProvider($"{server.ConnectionString},user=app,password={Password},configChannel=,tiebreaker=");
        await server.CallAsync("ACL LOG RESET");
        await provider.OpenAsync(4, default);
        StateKey document = new(1, StateShape.Document, "test", "one"), log = new(1, StateShape.Log, "test", "one"), index = new(1, StateShape.Index, "test", "one"), map = new(1, StateShape.Map, "test", "one");
        await provider.CommitAsync(new(new PutDocument(document, new byte[] { 1 }, StateExpiry.Sliding(TimeSpan.FromHours(1))), new AppendEntries(log, [new(new byte[] { 1 }, "a")]),
            new SetScores(index, [new("m", 1)]), new SetFields(map, [new("f", new(new byte[] { 1 }))])), default);
        await using var watch = provider.WatchAsync(document, default).GetAsyncEnumerator();
        (await watch.MoveNextAsync()).Should().BeTrue();

        var records = new List<StateRecord>();
        await foreach (var record in provider.ExportAsync(default)) records.Add(record);
        await provider.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Replace, default);
        var signalled = watch.MoveNextAsync();
        await provider.CommitAsync(new(new PutDocument(document, new byte[] { 2 }), new NotifyWatchers(document)), default);

        records.Should().HaveCount(4);
        (await signalled).Should().BeTrue();
        (await DeniedAsync(server)).Should().BeSubsetOf(DoneWithout);
    }

    [Test]
    public async Task Provider_UserAsDocumentedOnACluster_ReachesEveryPartition()
    {
        const int partitions = 32;
        var cluster = await TestServers.ClusterAsync();
        foreach (var node in cluster.Nodes) await node.CallAsync(DocumentedLine());
        await using var provider = new RedisStateProvider($"{cluster.ConnectionString},user=app,password={Password},configChannel=,tiebreaker=");
        await provider.OpenAsync(partitions, default);
        for (var partition = 0; partition < partitions; partition++) await provider.CommitAsync(new(new AppendEntries(new(partition, StateShape.Log, "test", "one"), [new(new byte[] { 1 })])), default);

        var shown = 0;
        await foreach (var record in provider.ExportAsync(default)) shown++;

        shown.Should().Be(partitions);
        foreach (var node in cluster.Nodes) (await DeniedAsync(node)).Should().BeSubsetOf(DoneWithout);
    }

    [Test]
    public async Task User_AsDocumented_HasEveryCommandOfTheScripts()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var observer = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var line = DocumentedLine();
        string[] words = [.. ScriptNames().SelectMany(static name => Words().Matches(ScriptFiles.Read(name)).Select(static match => match.Groups[1].Value)).Distinct()];

        foreach (var word in words)
        {
            var isCommand = !(await observer.GetDatabase().ExecuteAsync("COMMAND", "INFO", word))[0].IsNull;
            if (isCommand) line.Should().MatchRegex($@"\+{word.ToLowerInvariant()}\b");
        }
        words.Should().Contain(["SET", "ZADD", "PUBLISH", "UNLINK"]);
    }

    [Test]
    public async Task User_AsDocumented_CanDoNothingElse()
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync(DocumentedLine());

        foreach (var command in (string[])["GET other", "KEYS bp:*", "FLUSHALL", "CONFIG GET maxmemory", "PUBLISH other x", "SHUTDOWN NOSAVE", "EVAL return(redis.call('GET','other')) 0", "ACL LIST"])
            (await server.TryCallAsync($"AUTH app {Password}\r\n{command}")).Should().StartWith("-", command);
    }

    private static string DocumentedLine()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "BluePlan.State.sln"))) directory = directory.Parent!;
        var line = File.ReadLines(Path.Combine(directory.FullName, "src", "BluePlan.State.Redis", "RedisStateOptions.cs")).Single(static line => line.StartsWith("/// ACL SETUSER", StringComparison.Ordinal));
        return WebUtility.HtmlDecode(line["/// ".Length..]).Replace("PASSWORD", Password, StringComparison.Ordinal);
    }

    private static IEnumerable<string> ScriptNames() =>
        typeof(RedisStateProvider).Assembly.GetManifestResourceNames().Where(static name => name.EndsWith(".lua", StringComparison.Ordinal)).Select(static name => name[..^4]);

    /// <summary>What the server has refused, by its own log.</summary>
    private static async Task<IEnumerable<string?>> DeniedAsync(TestServer server)
    {
        await using var observer = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},allowAdmin=true");
        var entries = (RedisResult[])(await observer.GetDatabase().ExecuteAsync("ACL", "LOG"))!;
        return [.. entries.Select(static entry => $"{entry.ToDictionary()["reason"]} {entry.ToDictionary()["object"]}")];
    }

    [GeneratedRegex("'([A-Z]{3,})'")]
    private static partial Regex Words();
}
