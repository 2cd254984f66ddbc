namespace BluePlan.State.Benchmarks;

/// <summary>One message appended to a conversation that is full, so that trimming is part of it; each caller has its own.</summary>
/// <param name="name">What the tables call it.</param>
/// <param name="messages">How many messages each conversation holds.</param>
/// <param name="conversations">How many conversations there are.</param>
/// <param name="open">Makes the store.</param>
internal sealed class HistoryAppend(string name, int messages, int conversations, Func<OurStore> open) : IContestant
{
    private OurStore _store = null!;
    private string[] _ids = [];

    public string Name => name;

    public string Configuration => $"IHistoryManager.AppendAsync, one message of 148 characters into a conversation of {messages:N0}";

    public async ValueTask OpenAsync()
    {
        _store = open();
        _ids = await _store.CreateConversationsAsync(conversations, messages);
        await _store.SettleAsync();
    }

    public async ValueTask CallAsync(int caller, long number) =>
        await _store.State.History.AppendAsync(_ids[caller % _ids.Length], [Conversations.Message(number / conversations)]);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
