using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>The store stays within what Redis 6.2 knows, and with it Valkey, which began as Redis 7.2. A server of today says itself which of its commands and options came later.</summary>
[TestFixture]
public sealed partial class ServerVersionTests
{
    private static readonly Version Oldest = new(6, 2, 0);
    // Tried where it is known (deadline.lua), else worked out; the client does without the rest, which it asks for when it connects.
    private static readonly string[] DoneWithout = ["pexpiretime", "client|setinfo", "client|no-evict", "client|no-touch", "client|maint_notifications"];

    [Test]
    public async Task EveryCall_CommandsThatTheServerSees_AreKnownToTheOldestServer()
    {
        using var server = await TestServers.StartRedisAsync();
        var manual = await ReadManualAsync(server);
        IReadOnlyList<(string Origin, string[] Words)> seen;
        using (var monitor = await CommandMonitor.StartAsync(server))
        {
            await using (var services = new ServiceCollection().AddBluePlanState(state => state.UseRedis(server.ConnectionString)).Services.BuildServiceProvider())
            {
                var state = services.GetRequiredService<IBluePlanState>();
                await EveryManager.UseAsync(state);
                await foreach (var _ in state.Config.WatchAsync<JsonObject>("models")) break;
            }
            await using var provider = new RedisStateProvider(server.ConnectionString);
            await provider.OpenAsync(32, default);
            var records = new List<StateRecord>();
            await foreach (var record in provider.ExportAsync(default)) records.Add(record);
            await provider.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Replace, default);
            await provider.MaintainAsync(default);
            seen = await monitor.TakeWordsAsync();
        }

        seen.Where(static command => command.Origin.EndsWith("lua", StringComparison.Ordinal)).Should().HaveCountGreaterThan(50);
        var names = seen.Select(command => manual.Name(command.Words)).ToHashSet();
        names.Should().Contain(["set", "getex", "evalsha", "hgetall", "scan", "subscribe", "publish", "zrange"]);
        await TestContext.Out.WriteLineAsync(string.Join('\n', names.Order().Select(name => $"{name} since {manual.Since(name)}")));
        seen.SelectMany(command => manual.TooNew(command.Words)).Distinct().Should().BeSubsetOf(DoneWithout);
    }

    [Test]
    public async Task EveryScript_CommandsAndOptionsInItsText_AreKnownToTheOldestServer()
    {
        using var server = await TestServers.StartRedisAsync();
        var manual = await ReadManualAsync(server);
        var lines = typeof(RedisStateProvider).Assembly.GetManifestResourceNames().Where(static name => name.EndsWith(".lua", StringComparison.Ordinal))
            .SelectMany(static name => ScriptFiles.Read(name[..^4]).Split('\n')).Select(static line => Words().Matches(line).Select(static match => match.Groups[1].Value).ToArray())
            .Where(words => words.Length > 0 && manual.Knows(words[0])).ToArray();

        lines.Should().HaveCountGreaterThan(40).And.Contain(static words => words.Contains("KEEPTTL"));
        lines.SelectMany(words => manual.TooNew(words)).Distinct().Should().BeSubsetOf(DoneWithout);
    }

    [TestCase("pexpire|NX", "PEXPIRE", "k", "1", "NX")]
    [TestCase("set|none", "SET", "k", "v", "KEEPTTL", "GET")]
    [TestCase("zrange|none", "ZRANGE", "k", "0", "1", "BYSCORE")]
    [TestCase("expiretime", "EXPIRETIME", "k")]
    public async Task Manual_CommandsOfLaterVersions_AreFound(string expected, params string[] words) =>
        (await ReadManualAsync(await TestServers.RedisAsync())).TooNew(words).Should().Equal(expected.EndsWith("|none", StringComparison.Ordinal) ? [] : [expected]);

    private static async Task<Manual> ReadManualAsync(TestServer server)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        try
        {
            return new((await connection.GetDatabase().ExecuteAsync("COMMAND", "DOCS")).ToDictionary());
        }
        catch (RedisServerException)
        {
            Assert.Ignore("COMMAND DOCS, by which a server tells when its commands came, needs Redis 7.");
            throw;
        }
    }

    /// <summary>What a server says of its commands: since when each of them is there, and each of their options.</summary>
    private sealed class Manual
    {
        private readonly Dictionary<string, Version> _since = [];
        private readonly Dictionary<string, HashSet<string>> _newOptions = [];

        public Manual(Dictionary<string, RedisResult> commands) => Add(commands);

        public bool Knows(string command) => _since.ContainsKey(command.ToLowerInvariant());

        public Version? Since(string name) => _since.GetValueOrDefault(name);

        /// <summary>Its name, with that of a subcommand.</summary>
        public string Name(string[] words)
        {
            var name = words[0].ToLowerInvariant();
            return words.Length > 1 && (_since.ContainsKey($"{name}|{words[1].ToLowerInvariant()}") || name is "client") ? $"{name}|{words[1].ToLowerInvariant()}" : name;
        }

        /// <summary>Of a command and its options those that the oldest server does not know.</summary>
        public IEnumerable<string> TooNew(string[] words)
        {
            var name = Name(words);
            if (!_since.TryGetValue(name, out var since) || since > Oldest) return [name];
            return _newOptions.TryGetValue(name, out var options) ? words.Skip(1).Where(options.Contains).Select(option => $"{name}|{option}") : [];
        }

        private void Add(Dictionary<string, RedisResult> commands)
        {
            foreach (var (name, facts) in commands)
            {
                var about = facts.ToDictionary();
                _since[name] = Version.Parse((string)about["since"]!);
                if (about.TryGetValue("arguments", out var arguments)) AddOptions(name, arguments);
                if (about.TryGetValue("subcommands", out var subcommands)) Add(subcommands.ToDictionary());
            }
        }

        // An option that came later says so itself, or the choice that it belongs to does.
        private void AddOptions(string name, RedisResult arguments, Version? of = null)
        {
            foreach (var argument in (RedisResult[])arguments!)
            {
                var about = argument.ToDictionary();
                var since = about.TryGetValue("since", out var version) ? Version.Parse((string)version!) : of;
                if (about.TryGetValue("token", out var token) && since > Oldest)
                {
                    if (!_newOptions.TryGetValue(name, out var options)) _newOptions[name] = options = [];
                    options.Add((string)token!);
                }
                if (about.TryGetValue("arguments", out var nested)) AddOptions(name, nested, since);
            }
        }
    }

    [GeneratedRegex("'([A-Z]{2,})'")]
    private static partial Regex Words();
}
