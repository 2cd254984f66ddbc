using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>A failover loses messages that one process has acknowledged, and another process appends others under their sequences.</summary>
[TestFixture]
public sealed class TrimAfterFailoverTests
{
    private const int Maximum = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test]
    public async Task AppendAsync_NewestWereLostAndOthersWroteInTheirPlace_TrimsNoMessageThatItDoesNotKnow()
    {
        using var primary = await TestServers.StartRedisAsync();
        using var replica = await TestServers.StartRedisAsync("--replicaof", "127.0.0.1", $"{primary.Port}", "--repl-diskless-sync-delay", "0");
        await Poll.UntilAsync(async () => (await replica.CallAsync("INFO replication")).Contains("master_link_status:up", StringComparison.Ordinal), Limit, "the replica connects");
        await using var one = Build($"{primary.Address},{replica.Address},asyncTimeout=2000,connectTimeout=2000,configCheckSeconds=1");
        var history = one.GetRequiredService<IHistoryManager>();
        var id = (await history.CreateAsync("ann")).Id;
        for (var i = 1; i <= 6; i++) await AppendAsync(history, id, i);
        (await primary.CallAsync("SET other 1\r\nWAIT 1 30000")).Should().Be("1", "the replica holds all of it");
        await replica.CallAsync($"REPLICAOF 127.0.0.1 {TestServer.FreePort()}");
        await AppendAsync(history, id, 7);

        primary.Kill();
        await replica.CallAsync("REPLICAOF NO ONE");
        await using (var two = Build(replica.ConnectionString))
            (await two.GetRequiredService<IHistoryManager>().AppendAsync(id, [HistoryMessage.System("rules")]))[0].Sequence.Should().Be(7, "the message that was acknowledged is lost");
        for (var i = 8; i <= 20; i++) await Poll.UntilAvailableAsync(() => AppendAsync(history, id, i), Limit);

        (await history.ReadAsync(id)).Select(static m => m.Text).Should().Equal("rules", "18", "19", "20");
    }

    private static async Task AppendAsync(IHistoryManager history, string id, int number) =>
        (await history.AppendAsync(id, [HistoryMessage.User($"{number}") with { Id = $"{number}" }]))[0].Sequence.Should().Be(number);

    private static ServiceProvider Build(string connectionString)
    {
        var services = new ServiceCollection();
        services.AddBluePlanState(builder => builder.UseRedis(connectionString).Configure(static o => o.History.MaximumMessages = Maximum));
        return services.BuildServiceProvider();
    }
}
