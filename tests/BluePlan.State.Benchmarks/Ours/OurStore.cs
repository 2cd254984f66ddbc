using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.Benchmarks;

/// <summary>A store of ours, registered as a host registers it.</summary>
internal sealed class OurStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public OurStore(Action<BluePlanStateBuilder> use)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        use(services.AddBluePlanState().UseJson(BenchmarkJson.Default));
        _services = services.BuildServiceProvider();
        State = _services.GetRequiredService<IBluePlanState>();
    }

    public IBluePlanState State { get; }

    public static OurStore OnRedis(RedisServer server, Action<BluePlanStateOptions>? configure = null) => new(state => state.UseRedis(server.ConnectionString).Configure(configure ?? (static _ => { })));

    public static OurStore OnFiles(string directory, Action<BluePlanStateOptions>? configure = null) => new(state => state.UseFile(directory).Configure(configure ?? (static _ => { })));

    public static OurStore InMemory(Action<BluePlanStateOptions>? configure = null) => new(state => state.UseInMemory().Configure(configure ?? (static _ => { })));

    /// <summary>Creates sessions of 1,000 users or fewer, many at once, and says their ids.</summary>
    public Task<string[]> CreateSessionsAsync(int count) =>
        Fill.ManyAsync(count, async i => (await State.Sessions.CreateAsync($"user-{i % 1_000}", ChatState.Of(i))).Id);

    /// <summary>Creates conversations that hold messages already, and says their ids.</summary>
    public Task<string[]> CreateConversationsAsync(int count, int messages) => Fill.ManyAsync(count, async i =>
    {
        var conversation = await State.History.CreateAsync($"user-{i}");
        for (var from = 0; from < messages; from += 100)
            await State.History.AppendAsync(conversation.Id, [.. Enumerable.Range(from, Math.Min(100, messages - from)).Select(static n => Conversations.Message(n))]);
        return conversation.Id;
    });

    /// <summary>Does what filling has left to do, for instance a checkpoint, which is no part of the calls that are measured.</summary>
    public Task SettleAsync() => State.MaintainAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
