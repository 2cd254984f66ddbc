using System.Globalization;
using System.Text.Json.Serialization.Metadata;

namespace BluePlan.State.Benchmarks;

/// <summary>The source document's <c>add_token_usage</c>: the detail, then three totals one after the other, each read, added to and written back. It loses counts of concurrent callers.</summary>
internal sealed class SourceTokens(RedisServer server) : IContestant
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private SourceStorage _storage = null!;

    public string Name => "source document: add_token_usage";

    public string Configuration => "SET; GET, SET, EXPIRE; GET, SET; GET, SET, EXPIRE, in C# with source-generated JSON";

    public ValueTask OpenAsync()
    {
        _storage = new(server.ConnectionString);
        return ValueTask.CompletedTask;
    }

    public async ValueTask CallAsync(int caller, long number)
    {
        var (user, session, model, tokens) = (Requests.User(number), Requests.Session(number), Requests.Model(number), Requests.Input(number) + Requests.Output(number));
        var now = DateTime.Now;
        var (timestamp, today) = (now.ToString("O", CultureInfo.InvariantCulture), now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await _storage.SetAsync($"token_usage:{user}:{session}:{timestamp}", new(user, session, tokens, model, timestamp), BenchmarkJson.Default.SourceUsage);
        await AddAsync($"user_token_stats:{user}:{today}", tokens, model, Month);
        await AddAsync($"session_token_stats:{session}", tokens, model, null);
        await AddAsync($"global_token_stats:{today}", tokens, model, Month);
    }

    public ValueTask DisposeAsync() => _storage.DisposeAsync();

    private async Task AddAsync(string key, int tokens, string model, TimeSpan? expire)
    {
        JsonTypeInfo<SourceStats> info = BenchmarkJson.Default.SourceStats;
        var stats = await _storage.GetAsync(key, info) ?? new();
        stats.Add(tokens, model);
        await _storage.SetAsync(key, stats, info, expire);
    }
}
