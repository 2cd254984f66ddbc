using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BluePlan.State.Demo;

/// <summary>Reads through the managers everything that the demo's users have, one line of JSON a thing, so that two states can be compared.</summary>
internal static class Everything
{
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(IBluePlanState state, CancellationToken cancellationToken)
    {
        var things = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var settings = (await state.Config.LoadAsync<DemoSettings>(DemoSettings.ConfigName, cancellationToken: cancellationToken))?.Value;
        foreach (var user in settings?.Users ?? [])
        {
            // Expiry goes on while the demo runs, and Redis tells it to the millisecond only.
            await foreach (var session in SessionsAsync(state, user, cancellationToken)) Add($"session {session.Handle}", session with { ExpiresAt = null, LastActivityAt = default });
            foreach (var conversation in await ConversationsAsync(state, user, cancellationToken))
            {
                Add($"conversation {conversation.Id}", await state.History.GetAsync(conversation.Id, cancellationToken));
                foreach (var message in await state.History.ReadAsync(conversation.Id, MessageRange.All, cancellationToken)) Add($"message {conversation.Id}/{message.Sequence}", message);
            }
            Add($"usage of {user}", await state.TokenUsage.GetTotalsAsync(UsageScope.User(user), UsageRange.LastDays(30), cancellationToken));
            await foreach (var record in RecordsAsync(state, user, cancellationToken)) Add($"record {user}/{record.RequestId}", record);
        }
        Add("usage by hour", await state.TokenUsage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(14), UsageInterval.Hour, cancellationToken));
        Add("ranking", await state.TokenUsage.GetRankingAsync(UsageRange.LastDays(14), top: 100, cancellationToken));
        foreach (var config in await state.Config.ListAsync(cancellationToken))
        {
            foreach (var version in await state.Config.ListVersionsAsync(config.Name, cancellationToken)) Add($"config {config.Name} {version.Version}", version);
            Add($"config {config.Name}", (await state.Config.LoadAsync<JsonElement>(config.Name, cancellationToken: cancellationToken))!.Value);
        }
        return things;

        void Add<T>(string name, T thing) => things.Add(name, JsonSerializer.Serialize(thing));
    }

    public static async Task<IReadOnlyList<Conversation>> ConversationsAsync(IBluePlanState state, string user, CancellationToken cancellationToken)
    {
        var all = new List<Conversation>();
        string? after = null;
        do
        {
            var page = await state.History.ListAsync(user, after: after, cancellationToken: cancellationToken);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private static async IAsyncEnumerable<ListedSession<DemoSession>> SessionsAsync(IBluePlanState state, string user, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await state.Sessions.ListAsync<DemoSession>(user, after: after, cancellationToken: cancellationToken);
            foreach (var session in page.Items) yield return session;
            after = page.Next;
        }
        while (after is not null);
    }

    private static async IAsyncEnumerable<TokenUsageRecord> RecordsAsync(IBluePlanState state, string user, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await state.TokenUsage.ListAsync(user, after: after, cancellationToken: cancellationToken);
            foreach (var record in page.Items) yield return record;
            after = page.Next;
        }
        while (after is not null);
    }
}
