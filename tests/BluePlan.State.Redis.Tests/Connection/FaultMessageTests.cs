using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>Every fault names the server and what to do, and never the password.</summary>
[TestFixture]
public sealed class FaultMessageTests
{
    private const string Password = "s3cret";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly StateKey Key = new(0, StateShape.Document, "test", "secretly");
    private static readonly StateCommit Put = new(new PutDocument(Key, new byte[] { 1 }));

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
    public async Task CommitAsync_ServerCannotPersist_NamesItAndTheRemedy()
    {
        var directory = Directory.CreateTempSubdirectory("blueplan-persist-").FullName;
        using var server = await TestServers.StartRedisAsync("--dir", directory, "--save", "3600 1");
        await using var provider = new RedisStateProvider(server.ConnectionString);
        await provider.OpenAsync(4, default);
        Directory.Delete(directory, recursive: true);
        await server.CallAsync("BGSAVE");
        await Poll.UntilAsync(async () => (await server.CallAsync("INFO persistence")).Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal), Limit, "it has nowhere to write to");

        await RefusesAsync(provider, server, "MISCONF", "disk");
    }

    [Test]
    public async Task CommitAsync_ServerIsLoading_NamesItAndTheRemedy()
    {
        using var server = await StartWithDebugAsync();
        await using var provider = new RedisStateProvider(server.ConnectionString);
        await provider.OpenAsync(4, default);
        await server.CallAsync("EVAL \"for i = 1, 60 do redis.call('SET', 'other:' .. i, string.rep('x', 4096)) end return 1\" 0");
        // It handles clients after each of them, and takes a while for each.
        await server.CallAsync("CONFIG SET loading-process-events-interval-bytes 1024\r\nCONFIG SET key-load-delay 500000");
        var loading = server.CallAsync("DEBUG RELOAD");
        await Poll.UntilAsync(async () => (await server.TryCallAsync("GET other")).StartsWith("-LOADING", StringComparison.Ordinal), Limit, "it reads its data");

        await RefusesAsync(provider, server, "LOADING", "Try again");

        await server.CallAsync("CONFIG SET key-load-delay 0");
        await loading;
        await Poll.UntilAvailableAsync(() => provider.CommitAsync(Put, default).AsTask(), Limit);
    }

    [Test]
    public async Task CommitAsync_ClusterLacksASlot_NamesItAndTheRemedy()
    {
        using var cluster = await TestServers.StartClusterAsync();
        await using var provider = new RedisStateProvider(cluster.ConnectionString);
        await provider.OpenAsync(4, default);
        var node = await cluster.MasterOfAsync(HashTags.Slot(HashTags.Of(Key.Partition)));
        // One that no key of the store is in.
        var other = (HashTags.Slot(HashTags.Of(Key.Partition)) + 1) % 16384;
        await (await cluster.MasterOfAsync(other)).CallAsync($"CLUSTER DELSLOTS {other}");
        await Poll.UntilAsync(async () => (await node.CallAsync("CLUSTER INFO")).Contains("cluster_state:fail", StringComparison.Ordinal), Limit, "a slot is not served");

        var thrown = await RefusalAsync(provider);

        thrown.Message.Should().Contain(cluster.Nodes[0].Address).And.Contain("CLUSTERDOWN").And.Contain("CLUSTER INFO");
        thrown.Message.Should().NotContain(Key.Id);
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    [TestCase("user=app,password=wrong", TestName = "OpenAsync_WrongPassword_SaysSo")]
    [TestCase("user=nobody,password=s3cret", TestName = "OpenAsync_WrongUser_SaysSo")]
    public async Task OpenAsync_WrongCredentials(string credentials)
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync($"ACL SETUSER app on >{Password} allkeys allchannels +@all\r\nCONFIG SET requirepass {Password}");
        await using var provider = new RedisStateProvider($"{server.ConnectionString},{credentials}");

        var thrown = (await FluentActions.Awaiting(() => provider.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;

        thrown.Message.Should().Contain(server.Address).And.Contain("user and password in the connection string").And.NotContain(Password).And.NotContain("nobody").And.NotContain("wrong");
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    [Test]
    public async Task CommitAsync_PasswordIsChangedMeanwhile_SaysThatItMayBe()
    {
        using var server = await TestServers.StartRedisAsync();
        await server.CallAsync($"ACL SETUSER app on >{Password} allkeys allchannels +@all");
        await using var provider = new RedisStateProvider($"{server.ConnectionString},user=app,password={Password}");
        await provider.OpenAsync(4, default);
        // A client whose password is refused would go on as the default user, if that one needs none.
        await server.CallAsync("ACL SETUSER app resetpass >another\r\nCONFIG SET requirepass another\r\nCLIENT KILL USER app");

        StateUnavailableException thrown = null!;
        await Poll.UntilAsync(async () => (thrown = await RefusalAsync(provider)).Message.Contains("password", StringComparison.Ordinal), Limit, "the client cannot connect again");

        thrown.Message.Should().Contain(server.Address).And.Contain("in the connection string").And.NotContain(Password).And.NotContain("another");
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

    /// <summary>A server that takes DEBUG, which newer ones do only when told so.</summary>
    private static async Task<TestServer> StartWithDebugAsync()
    {
        var server = await TestServers.StartRedisAsync();
        if (await server.TryCallAsync("DEBUG SLEEP 0") == "OK") return server;
        server.Dispose();
        return await TestServers.StartRedisAsync("--enable-debug-command", "yes");
    }

    private static async Task RefusesAsync(RedisStateProvider provider, TestServer server, string code, string remedy)
    {
        var thrown = await RefusalAsync(provider);

        thrown.Message.Should().Contain(server.Address).And.Contain(code).And.Contain(remedy).And.NotContain(Key.Id);
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    private static async Task<StateUnavailableException> RefusalAsync(RedisStateProvider provider) =>
        (await FluentActions.Awaiting(() => provider.CommitAsync(Put, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;
}
