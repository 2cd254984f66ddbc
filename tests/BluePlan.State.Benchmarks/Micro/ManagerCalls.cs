using BenchmarkDotNet.Attributes;

namespace BluePlan.State.Benchmarks;

/// <summary>What the layers above a provider cost: sessions, messages and accounting in memory.</summary>
[Config(typeof(MicroConfig))]
public class ManagerCalls
{
    private OurStore _store = null!;
    private string _session = "";
    private string _conversation = "";
    private long _number;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _store = OurStore.InMemory();
        _session = (await _store.CreateSessionsAsync(1))[0];
        _conversation = (await _store.CreateConversationsAsync(1, 100))[0];
    }

    [GlobalCleanup]
    public async Task CloseAsync() => await _store.DisposeAsync();

    [Benchmark]
    public async Task GetSession() => await _store.State.Sessions.GetAsync<ChatState>(_session);

    [Benchmark]
    public async Task UpdateSession() => await _store.State.Sessions.UpdateAsync<ChatState>(_session, static s => s with { Turns = s.Turns + 1 });

    [Benchmark]
    public async Task AppendMessage() => await _store.State.History.AppendAsync(_conversation, [Conversations.Message(_number++)]);

    [Benchmark]
    public async Task ReadLatestMessages() => await _store.State.History.ReadAsync(_conversation, MessageRange.Latest(10));

    [Benchmark]
    public async Task RecordTokens() => await _store.State.TokenUsage.RecordAsync(new()
    {
        RequestId = $"request-{_number}",
        UserId = Requests.User(_number),
        SessionId = Requests.Session(_number),
        Model = Requests.Model(_number),
        InputTokens = Requests.Input(_number),
        OutputTokens = Requests.Output(_number++),
    });
}
