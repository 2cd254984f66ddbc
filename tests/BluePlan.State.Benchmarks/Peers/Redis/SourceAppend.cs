using System.Globalization;

namespace BluePlan.State.Benchmarks;

/// <summary>The source document's <c>add_message</c>: the whole conversation read, one message added, cut to 100, the whole written; each caller has its own.</summary>
internal sealed class SourceAppend(RedisServer server) : IContestant
{
    private const int MaximumHistoryLength = 100;
    private SourceStorage _storage = null!;

    public string Name => "source document: add_message";

    public string Configuration => "GET, SET of the whole conversation of 100 messages, in C# with source-generated JSON";

    public async ValueTask OpenAsync()
    {
        _storage = new(server.ConnectionString);
        for (var i = 0; i < Conversations.Count; i++)
            await _storage.SetAsync(Key(i), [.. Enumerable.Range(0, MaximumHistoryLength).Select(static n => new SourceMessage(Conversations.Role(n), Texts.Of(n), Now(), n + 1))], BenchmarkJson.Default.ListSourceMessage);
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        var key = Key(caller);
        var conversation = await _storage.GetAsync(key, BenchmarkJson.Default.ListSourceMessage) ?? [];
        conversation.Add(new(Conversations.Role(number / Conversations.Count), Texts.Of(number / Conversations.Count), Now(), conversation.Count + 1));
        if (conversation.Count > MaximumHistoryLength) conversation.RemoveRange(0, conversation.Count - MaximumHistoryLength);
        await _storage.SetAsync(key, conversation, BenchmarkJson.Default.ListSourceMessage);
    }

    public ValueTask DisposeAsync() => _storage.DisposeAsync();

    private static string Key(int number) => $"conversation:{number}";

    private static string Now() => DateTime.Now.ToString("O", CultureInfo.InvariantCulture);
}
