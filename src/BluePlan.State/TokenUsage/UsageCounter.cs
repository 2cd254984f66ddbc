using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Ranks and counts over days: each partition unites its days, and since no user lies in two partitions, the rest is merging and adding.</summary>
internal sealed class UsageCounter(StateScope scope, UsageKeys keys)
{
    private const int WholeMaps = 32;
    private const int ManyModels = 256;

    /// <summary>The users with the most tokens over the days.</summary>
    public async Task<IReadOnlyList<UserUsage>> RankAsync(IReadOnlyList<DateOnly> days, int top, CancellationToken cancellationToken)
    {
        var tops = await ReadAsync(days, keys.Ranking, top, cancellationToken).ConfigureAwait(false);
        return [.. tops.SelectMany(static t => t.Members).OrderDescending().Take(top).Select(static (m, at) => new UserUsage(at + 1, m.Member, m.Score))];
    }

    /// <summary>How many distinct users the days have.</summary>
    public async Task<long> CountUsersAsync(IReadOnlyList<DateOnly> days, CancellationToken cancellationToken) =>
        (await ReadAsync(days, keys.Ranking, 0, cancellationToken).ConfigureAwait(false)).Sum(static c => c.Count);

    /// <summary>How many distinct sessions the days have.</summary>
    public async Task<long> CountSessionsAsync(IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        // The models stand before all sessions. When as many came as were asked for, more may follow.
        for (var limit = ManyModels; ; limit *= 4)
        {
            var seen = await ReadAsync(days, keys.Seen, limit, cancellationToken).ConfigureAwait(false);
            var models = seen.Select(static s => s.Members.Count(static m => m.Score >= UsageFields.ModelScore)).ToArray();
            if (models.All(m => m < limit)) return seen.Sum(static s => s.Count) - models.Sum();
        }
    }

    /// <summary>How many distinct sessions of a user the days have.</summary>
    public async Task<long> CountSessionsAsync(string userId, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        var partition = keys.PartitionOf(userId);
        var sessions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var chunk in days.Select(d => new MapRead(keys.UserDay(partition, userId, d))).Chunk(WholeMaps))
            foreach (var map in await scope.Storage.ReadAsync(chunk, cancellationToken).ConfigureAwait(false))
                if (map is MapContent content) sessions.UnionWith(content.Fields.Keys.Where(UsageFields.IsSession));
        return sessions.Count;
    }

    private async Task<IndexContent[]> ReadAsync(IReadOnlyList<DateOnly> days, Func<int, DateOnly, StateKey> key, int limit, CancellationToken cancellationToken)
    {
        if (days.Count == 0) return [];
        var reads = Enumerable.Range(0, keys.PartitionCount).Select(p => days.Count == 1
            ? (StateRead)new IndexRead(key(p, days[0]), limit: limit, descending: true)
            : new UnionRead([.. days.Select(d => key(p, d))], limit)).ToArray();
        var contents = await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false);
        return [.. contents.OfType<IndexContent>()];
    }
}
