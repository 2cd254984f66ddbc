using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>Every fault names the server and what to do, and never the password.</summary>
[TestFixture]
public sealed class FaultMessageTests
{
    private const string Password = "s3cret";
    private static readonly StateKey Key = new(0, StateShape.Document, "test", "one");

    [TestCase("-hset", "+hset", TestName = "OpenAsync_UserLacksAScriptsCommand_NamesIt")]
    [TestCase("-eval", "+eval", TestName = "OpenAsync_UserLacksEval_NamesIt")]
    [TestCase("-evalsha", "+eval", TestName = "OpenAsync_UserLacksEvalSha_NamesIt")]
    [TestCase("-scan", "+scan", TestName = "OpenAsync_UserLacksScan_NamesIt")]
    [TestCase("resetkeys ~other:*", "~PREFIX:*", TestName = "OpenAsync_UserLacksTheKeys_NamesThem")]
    public async Task OpenAsync_UserLacksARight(string change, string right)
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync($"ACL SETUSER app on >{Password} allkeys allchannels +@all");
        await server.CallAsync($"ACL SETUSER app {change}");
        await using var provider = new RedisStateProvider($"{server.ConnectionString},user=app,password={Password}");

        var thrown = (await FluentActions.Awaiting(() => provider.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;

        thrown.Message.Should().Contain(server.Address).And.Contain(right).And.Contain("RedisStateOptions").And.NotContain(Password);
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    [Test]
    public async Task CommitAsync_UserLosesARight_NamesItAndTheServer()
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync($"ACL SETUSER app on >{Password} allkeys allchannels +@all");
        await using var provider = new RedisStateProvider($"{server.ConnectionString},user=app,password={Password}");
        await provider.OpenAsync(4, default);
        await server.CallAsync("ACL SETUSER app -set");

        var thrown = await RefusalAsync(provider);

        thrown.Message.Should().Contain(server.Address).And.Contain("+set").And.NotContain(Password);
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    [Test]
    public async Task WatchAsync_UserLacksTheChannels_NamesThem()
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync($"ACL SETUSER app on >{Password} allkeys resetchannels &other:* +@all");
        await using var provider = new RedisStateProvider($"{server.ConnectionString},user=app,password={Password}");

        var thrown = (await FluentActions.Awaiting(() => provider.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;

        thrown.Message.Should().Contain(server.Address).And.Contain("&PREFIX:*").And.NotContain(Password);
    }

    [TestCase("CONFIG SET maxmemory 1", "maxmemory")]
    [TestCase("CONFIG SET min-replicas-to-write 1", "min-replicas-to-write")]
    [TestCase("REPLICAOF 127.0.0.1 1", "replica")]
    public async Task CommitAsync_ServerRefusesWrites_NamesItAndTheRemedy(string cause, string word)
    {
        using var server = await TestServers.StartRedisAsync();
        await using var provider = new RedisStateProvider($"{server.Address},asyncTimeout=30000,connectTimeout=30000");
        await provider.OpenAsync(4, default);
        await server.CallAsync(cause);

        var thrown = await RefusalAsync(provider);

        thrown.Message.Should().Contain(server.Address).And.Contain(word);
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    [Test]
    public async Task CommitAsync_ServerWentAway_NamesIt()
    {
        using var server = await TestServers.StartRedisAsync("--requirepass", Password);
        await using var provider = new RedisStateProvider($"{server.ConnectionString},password={Password}");
        await provider.OpenAsync(4, default);
        server.Kill();

        for (var i = 0; i < 3; i++)
        {
            var thrown = await RefusalAsync(provider);

            thrown.Message.Should().Contain(server.Address);
            thrown.ToString().Should().NotContain(Password);
        }
    }

    [Test]
    public async Task OpenAsync_NoPasswordWhereOneIsWanted_SaysSo()
    {
        using var server = await TestServers.StartRedisAsync("--requirepass", Password);
        await using var provider = new RedisStateProvider(server.ConnectionString);

        var thrown = (await FluentActions.Awaiting(() => provider.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;

        thrown.Message.Should().Contain(server.Address).And.Contain("password in the connection string");
    }

    private static async Task<StateUnavailableException> RefusalAsync(RedisStateProvider provider) =>
        (await FluentActions.Awaiting(() => provider.CommitAsync(new(new PutDocument(Key, new byte[] { 1 })), default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;
}
