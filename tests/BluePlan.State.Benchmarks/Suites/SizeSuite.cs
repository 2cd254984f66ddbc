using System.Globalization;

namespace BluePlan.State.Benchmarks;

/// <summary>What a session and a conversation take in Redis, all their keys together, beside the source document's layout of the same content: what the server says that it has allocated, by difference.</summary>
internal sealed class SizeSuite : ISuite
{
    private const int Sessions = 10_000;
    private const int Users = 1_000;
    private const int Messages = 100;

    public string Name => "size";

    public async Task<SuiteResult> RunAsync(Pace pace)
    {
        var (sessions, conversations) = (pace.Size(Sessions), Conversations.Count);
        var notes = new List<Note>
        {
            new("memory of a session, ten a user", "Redis", await OursAsync(sessions, static (store, count) => store.CreateSessionsAsync(count)), "bytes"),
            new("memory of a session, ten a user", "source document on Redis", await PeerAsync(sessions, server => SourceSessionsAsync(server, sessions)), "bytes"),
            new($"memory of a conversation of {Messages} messages", "Redis", await OursAsync(conversations, static (store, count) => store.CreateConversationsAsync(count, Messages)), "bytes"),
            new($"memory of a conversation of {Messages} messages", "source document on Redis", await PeerAsync(conversations, static server => new SourceAppend(server).OpenAsync().AsTask()), "bytes"),
        };
        return new([], [], notes);
    }

    private static async Task<double> OursAsync(int count, Func<OurStore, int, Task> create)
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = OurStore.OnRedis(server);
        // What is there once for all: connections, scripts and the marker.
        await create(store, 1);
        var before = await server.MemoryAsync();
        await create(store, count);
        return (await server.MemoryAsync() - before) / count;
    }

    private static async Task<double> PeerAsync(int count, Func<RedisServer, Task> create)
    {
        await using var server = await RedisServer.StartAsync();
        var before = await server.MemoryAsync();
        await create(server);
        return (await server.MemoryAsync() - before) / count;
    }

    /// <summary>The source document's <c>create_session</c>: the session under a UUID, and the user's list of them.</summary>
    private static async Task SourceSessionsAsync(RedisServer server, int sessions)
    {
        await using var storage = new SourceStorage(server.ConnectionString);
        foreach (var user in Enumerable.Range(0, sessions).GroupBy(static number => $"user-{number % Users}"))
        {
            var ids = new List<string>();
            foreach (var number in user)
            {
                ids.Add($"{Guid.NewGuid()}");
                var now = DateTime.Now.ToString("O", CultureInfo.InvariantCulture);
                await storage.SetAsync($"session:{ids[^1]}", new(ids[^1], user.Key, now, now, ChatState.Of(number), "active"), BenchmarkJson.Default.SourceSession, TimeSpan.FromHours(1));
            }
            await storage.SetAsync($"user_sessions:{user.Key}", ids, BenchmarkJson.Default.ListString);
        }
    }
}
