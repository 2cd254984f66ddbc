using StackExchange.Redis;

namespace BluePlan.State.Benchmarks;

/// <summary>What costs on Redis, against the bare command, Microsoft's cache and the source document's algorithms.</summary>
internal sealed class RedisSuite : ISuite
{
    private const int Sessions = 1_000;

    public string Name => "redis";

    public async Task<SuiteResult> RunAsync(Pace pace)
    {
        await using var server = await RedisServer.StartAsync();
        var value = await SessionBytesAsync(server);
        var reads = await new Race("Redis: reading a session", server,
            new RawGetEx(server, value, Sessions),
            new ContractRead(new Storage.RedisStateProvider(server.ConnectionString, new() { KeyPrefix = "contract" }), value.AsMemory(33), Sessions),
            new TypedSessionGet("typed session get", Sessions, () => OurStore.OnRedis(server)),
            new RedisCacheGet(server, Sessions),
            new SourceSessionGet(server, Sessions)).RunAsync(pace, 1, 16, 64, 256);
        var appends = await new Race("Redis: appending a message at 100", server,
            new HistoryAppend("history append", 100, Conversations.Count, () => OurStore.OnRedis(server)),
            new SourceAppend(server)).RunAsync(pace, 1, 16, 64, 256);
        var tokens = await new Race("Redis: accounting a call to a model", server,
            new TokenRecording(() => OurStore.OnRedis(server)),
            new SourceTokens(server)).RunAsync(pace, 1, 16, 64, 256);
        return new([reads, appends, tokens],
        [
            reads.AtLeast("Redis: contract-level read with touch", "contract-level read with touch", "raw GETEX", 64, 0.9),
            reads.AtLeast("Redis: typed session get", "typed session get", "raw GETEX", 64, 0.7),
            reads.AtLeast("Redis: typed session get", "typed session get", "Microsoft RedisCache + JSON", 1, 1.4),
            reads.AtLeast("Redis: typed session get", "typed session get", "Microsoft RedisCache + JSON", 64, 1.05),
            reads.AtLeast("Redis: typed session get", "typed session get", "source document: get_session", 1, null),
            reads.AtLeast("Redis: typed session get", "typed session get", "source document: get_session", 64, null),
            appends.AtLeast("Redis: history append at 100 messages", "history append", "source document: add_message", 1, 2),
            appends.AtLeast("Redis: history append at 100 messages", "history append", "source document: add_message", 64, 5),
            tokens.AtLeast("Redis: token record", "token record", "source document: add_token_usage", 1, 4),
            tokens.AtLeast("Redis: token record", "token record", "source document: add_token_usage", 64, 2),
        ], []);
    }

    /// <summary>What a session of ours is in Redis, byte for byte.</summary>
    private static async Task<byte[]> SessionBytesAsync(RedisServer server)
    {
        await using var store = OurStore.OnRedis(server);
        await store.CreateSessionsAsync(1);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var key = connection.GetServers()[0].Keys(pattern: "*:d:session:*").First();
        return (byte[])(await connection.GetDatabase().StringGetAsync(key))!;
    }
}
