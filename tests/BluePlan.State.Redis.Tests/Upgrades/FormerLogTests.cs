using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>Logs that a version wrote in which logs had no revision.</summary>
public sealed class FormerLogTests
{
    private static readonly RedisValue Revision = new byte[] { 0xFF };
    private static readonly StateKey Log = new(0, StateShape.Log, "log", "one");

    [Test]
    public async Task Revision_OfAFormerLog_IsEmptyUntilItIsEdited()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        await using var provider = new RedisStateProvider(connection);
        await provider.OpenAsync(1, CancellationToken.None);
        await provider.CommitAsync(new(new AppendEntries(Log, [new(default, "a"), new(default)])), CancellationToken.None);
        var database = connection.GetDatabase();
        var hash = connection.GetServers()[0].Keys(pattern: "*:l:log:one").Single();
        (await database.HashDeleteAsync(hash, Revision)).Should().BeTrue();

        await provider.CommitAsync(new(new AppendEntries(Log, [new(default)])), CancellationToken.None);
        (await provider.ReadAsync(new LogRead(Log)))!.Revision.IsEmpty.Should().BeTrue();
        (await database.HashExistsAsync(hash, Revision)).Should().BeFalse("an append keeps what is there");

        // One of the entries that go has the log's only id.
        var trim = new StateCommit(new AppendEntries(Log, [new(default)], keepLast: 2));
        await provider.CommitAsync(trim, CancellationToken.None);
        (await provider.ReadAsync(new LogRead(Log)))!.Revision.Should().Be(trim.ETag);
        (await database.HashKeysAsync(hash)).Should().BeEquivalentTo(new RedisValue[] { "", Revision });
    }
}
