namespace BluePlan.State.Benchmarks;

/// <summary>The newest 10 messages of a conversation read.</summary>
internal sealed class HistoryLatest(string name, int messages, int conversations, Func<OurStore> open) : IContestant
{
    private OurStore _store = null!;
    private string[] _ids = [];

    public string Name => name;

    public string Configuration => $"IHistoryManager.ReadAsync(Latest(10)) of conversations of {messages:N0} messages";

    public async ValueTask OpenAsync()
    {
        _store = open();
        _ids = await _store.CreateConversationsAsync(conversations, messages);
        await _store.SettleAsync();
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        if ((await _store.State.History.ReadAsync(_ids[number % _ids.Length], MessageRange.Latest(10))).Count != 10) throw new InvalidOperationException("Messages are missing.");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
