using System.Globalization;

namespace BluePlan.State.Benchmarks;

/// <summary>The source document's <c>get_session</c>: read, note the activity, write back, expire.</summary>
internal sealed class SourceSessionGet(RedisServer server, int sessions) : IContestant
{
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(1);
    private SourceStorage _storage = null!;

    public string Name => "source document: get_session";

    public string Configuration => "GET, SET, EXPIRE, in C# with source-generated JSON";

    public async ValueTask OpenAsync()
    {
        _storage = new(server.ConnectionString);
        for (var i = 0; i < sessions; i++) await _storage.SetAsync(Key(i), new($"{i}", $"user-{i % 1_000}", Now(), Now(), ChatState.Of(i), "active"), BenchmarkJson.Default.SourceSession, Timeout);
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        var key = Key(number);
        var session = await _storage.GetAsync(key, BenchmarkJson.Default.SourceSession) ?? throw new InvalidOperationException("A session is gone.");
        await _storage.SetAsync(key, session with { LastActivity = Now() }, BenchmarkJson.Default.SourceSession, Timeout);
    }

    public ValueTask DisposeAsync() => _storage.DisposeAsync();

    private string Key(long number) => $"session:{number % sessions:x32}";

    private static string Now() => DateTime.Now.ToString("O", CultureInfo.InvariantCulture);
}
