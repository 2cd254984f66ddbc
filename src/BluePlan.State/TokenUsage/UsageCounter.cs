using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Ranks and counts over days: each partition unites its days, and since no user lies in two partitions, the rest is merging and adding.</summary>
internal sealed class UsageCounter(StateScope scope, UsageKeys keys)
{
    private const int WholeMaps = 32;
    private const int FewModels = 32;

    /// <summary>The users with the most tokens over the days.</summary>
    public async Task<IReadOnlyList<UserUsage>> RankAsync(IReadOnlyList<DateOnly> days, int top, CancellationToken cancellationToken)
    {
        var tops = await ReadAsync(Rankings(days, top), cancellationToken).ConfigureAwait(false);
        return [.. tops.SelectMany(static t => t.Members).OrderDescending().Take(top).Select(static (m, at) => new UserUsage(at + 1, m.Member, m.Score))];
    }

    /// <summary>How many distinct users the days have.</summary>
    public async Task<long> CountUsersAsync(IReadOnlyList<DateOnly> days, CancellationToken cancellationToken) =>
        (await ReadAsync(Rankings(days, 0), cancellationToken).ConfigureAwait(false)).Sum(static r => r.Count);

    /// <summary>How many distinct sessions the days have.</summary>
    public async Task<long> CountSessionsAsync(IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        for (var limit = FewModels; ; limit *= 4)
        {
            var seen = await ReadAsync(Seen(days, limit), cancellationToken).ConfigureAwait(false);
            // The models stand before all sessions. When as many came as were asked for, more may follow.
            if (days.Count <= 1 || seen.All(s => ModelsOf(s) < limit)) return seen.Sum(static s => s.Count - ModelsOf(s));
        }
    }

    /// <summary>How many users and sessions a day has.</summary>
    public async Task<(long Users, long Sessions)> CountAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var contents = await scope.Storage.ReadAsync([.. Rankings([day], 0), .. Seen([day], 0)], cancellationToken).ConfigureAwait(false);
        return (contents.Take(keys.PartitionCount).OfType<IndexContent>().Sum(static r => r.Count), contents.Skip(keys.PartitionCount).OfType<IndexContent>().Sum(static s => s.Count - ModelsOf(s)));
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

    private IEnumerable<StateRead> Rankings(IReadOnlyList<DateOnly> days, int limit) => Partitions(days, p => days.Count == 1
        ? new IndexRead(keys.Ranking(p, days[0]), limit: limit, descending: true)
        : new UnionRead([.. days.Select(d => keys.Ranking(p, d))], limit));

    /// <summary>The models of the days, of a union no more than the limit, and how many models and sessions there are together.</summary>
    private IEnumerable<StateRead> Seen(IReadOnlyList<DateOnly> days, int limit) => Partitions(days, p => days.Count == 1
        ? new IndexRead(keys.Seen(p, days[0]), minimum: UsageFields.ModelScore)
        : new UnionRead([.. days.Select(d => keys.Seen(p, d))], limit));

    private IEnumerable<StateRead> Partitions(IReadOnlyList<DateOnly> days, Func<int, StateRead> read) => days.Count == 0 ? [] : Enumerable.Range(0, keys.PartitionCount).Select(read);

    private async Task<IndexContent[]> ReadAsync(IEnumerable<StateRead> reads, CancellationToken cancellationToken) =>
        [.. (await scope.Storage.ReadAsync([.. reads], cancellationToken).ConfigureAwait(false)).OfType<IndexContent>()];

    private static int ModelsOf(IndexContent seen) => seen.Members.Count(static m => m.Score >= UsageFields.ModelScore);
}
