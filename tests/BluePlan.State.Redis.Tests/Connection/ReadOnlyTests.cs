using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>A store that is opened for reading only sends nothing that writes, whatever has become of the server.</summary>
[TestFixture]
public sealed class ReadOnlyTests
{
    private const string Password = "s3cret";
    private static readonly StateOpenOptions ReadOnly = new() { Mode = StateOpenMode.ReadOnly };
    private static readonly StateKey Document = new(1, StateShape.Document, "test", "one"), Log = new(1, StateShape.Log, "test", "one"), Index = new(1, StateShape.Index, "test", "one"), Map = new(1, StateShape.Map, "test", "one");

    [Test]
    public async Task Calls_UserWithoutTheRightToWrite_AreAllAnswered([Values(0, 1)] int minReplicas)
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync($"ACL SETUSER reader on >{Password} ~* &* +@all -@write -@dangerous +info +config|get");
        await using var owner = new RedisStateProvider(server.ConnectionString);
        await owner.OpenAsync(4, default);
        await owner.CommitAsync(new(new PutDocument(Document, new byte[] { 1 }, StateExpiry.Sliding(TimeSpan.FromHours(1))), new AppendEntries(Log, [new(new byte[] { 1 }, "a")]), new SetScores(Index, [new("m", 1)]), new SetFields(Map, [new("f", new(new byte[] { 1 }))])), default);
        var (changes, keys) = (await ChangesAsync(server), await server.CallAsync("DBSIZE"));
        await using var reader = new RedisStateProvider($"{server.ConnectionString},user=reader,password={Password},configChannel=,tiebreaker=", new() { MinReplicas = minReplicas });

        await reader.OpenAsync(ReadOnly, default);
        var contents = await reader.ReadAsync([new DocumentRead(Document, StateExpiry.Sliding(TimeSpan.FromHours(2))), new DocumentRead(Document, StateExpiry.Keep, headOnly: true), new LogRead(Log), new IndexRead(Index), new MapRead(Map), new UnionRead([Index])], default);
        await reader.ReadOneAsync(new DocumentRead(Document, StateExpiry.Sliding(TimeSpan.FromHours(2))), default);
        var records = await reader.ExportAsync(default).ToListAsync();
        (await reader.WatchAsync(Document, default).FirstAsync()).Should().Be(Document);
        await reader.ConfirmAsync(Document, default);
        await reader.MaintainAsync(default);
        await FluentActions.Awaiting(() => reader.CommitAsync(new(new DeleteKey(Document)), default).AsTask()).Should().ThrowAsync<StateUnavailableException>();

        contents.Should().NotContainNulls().And.HaveCount(6);
        records.Should().HaveCount(4);
        (await ChangesAsync(server)).Should().Be(changes, "the server counts what was written");
        (await server.CallAsync("DBSIZE")).Should().Be(keys);
        (await server.CallAsync("ACL LOG")).Should().Be("0", "the server refused nothing");
    }

    [Test]
    public async Task Calls_StoreWasFlushed_AreRefusedUntilAWriterPutsItBack()
    {
        using var server = await TestServers.StartRedisAsync();
        await using var reader = new RedisStateProvider(server.ConnectionString);
        await using (var owner = new RedisStateProvider(server.ConnectionString)) await owner.OpenAsync(4, default);
        var store = (await reader.OpenAsync(ReadOnly, default)).StoreId;
        await server.CallAsync("FLUSHALL");
        var read = async () => await reader.ReadOneAsync(new DocumentRead(Document), default);

        await Poll.UntilAsync(async () => await OutcomeAsync(read) is { } refused && refused.Message.Contains($"{StateOpenMode.ReadOnly} puts nothing back", StringComparison.Ordinal) && !refused.MayHaveBeenWritten, TimeSpan.FromSeconds(10), "the marker is looked at once a second");
        (await server.CallAsync("DBSIZE")).Should().Contain("0");

        await server.CallAsync($"HSET bp:store format 1 store {store:N} partitions 4");
        await Poll.UntilAsync(async () => await OutcomeAsync(read) is null, TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task OpenAsync_KeysWithoutAMarker_IsRefusedAndWritesNothing()
    {
        using var server = await TestServers.StartRedisAsync();
        await using (var owner = new RedisStateProvider(server.ConnectionString))
        {
            await owner.OpenAsync(4, default);
            await owner.CommitAsync(new(new PutDocument(Document, new byte[] { 1 })), default);
        }
        await server.CallAsync("DEL bp:store");
        var changes = await ChangesAsync(server);
        await using var reader = new RedisStateProvider(server.ConnectionString);

        await FluentActions.Awaiting(() => reader.OpenAsync(ReadOnly, default).AsTask()).Should().ThrowAsync<StateCorruptionException>();

        (await ChangesAsync(server)).Should().Be(changes);
        (await server.CallAsync("EXISTS bp:store")).Should().Contain("0");
    }

    [Test]
    public async Task OpenAsync_ExistingOnlyUnderAnotherPrefix_IsRefusedNamingIt()
    {
        using var server = await TestServers.StartRedisAsync();
        await using (var owner = new RedisStateProvider(server.ConnectionString)) await owner.OpenAsync(4, default);
        await using var mistyped = new RedisStateProvider(server.ConnectionString, new() { KeyPrefix = "pb" });

        var refused = (await FluentActions.Awaiting(() => mistyped.OpenAsync(new StateOpenOptions { Mode = StateOpenMode.ExistingOnly }, default).AsTask()).Should().ThrowAsync<StateOpenException>()).Which;

        refused.Fault.Should().Be(StateOpenFault.NotFound);
        refused.Message.Should().Contain("pb:store").And.Contain(server.Address);
        (await server.CallAsync("DBSIZE")).Should().Contain("1", "there is one marker");
    }

    private static async Task<string> ChangesAsync(TestServer server) => (await server.CallAsync("INFO persistence")).Split('\n').Single(static line => line.StartsWith("rdb_changes_since_last_save:", StringComparison.Ordinal));

    private static async Task<StateUnavailableException?> OutcomeAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (StateUnavailableException exception)
        {
            return exception;
        }
    }
}
