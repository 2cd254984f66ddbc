using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Ranks and counts over days: each partition unites its days, and since no user lies in two partitions, the rest is merging and adding.</summary>
internal sealed class UsageCounter(StateScope scope, UsageKeys keys)
{
    private const int WholeMaps = 32;
    private const int FewModels = 32;
    private const int MembersAtOnce = 512;

    /// <summary>The users with the most tokens over the days.</summary>
    public async Task<IReadOnlyList<UserUsage>> RankAsync(IReadOnlyList<DateOnly> days, int top, WaitingUsage waiting, CancellationToken cancellationToken)
    {
        var more = waiting.TokensOf(days);
        // Those who wait may push as many others down, and no more.
        var tops = await ReadAsync(Rankings(days, top + more.Count), cancellationToken).ConfigureAwait(false);
        var members = tops.SelectMany(static t => t.Members);
        if (more.Count > 0) members = members.ExceptBy(more.Keys.Select(static u => u.UserId), static m => m.Member).Concat(await RankWaitingAsync(days, more, cancellationToken).ConfigureAwait(false));
        return [.. members.OrderDescending().Take(top).Select(static (m, at) => new UserUsage(at + 1, m.Member, m.Score))];
    }

    /// <summary>How many distinct users the days have.</summary>
    public async Task<long> CountUsersAsync(IReadOnlyList<DateOnly> days, WaitingUsage waiting, CancellationToken cancellationToken) =>
        (await ReadAsync(Rankings(days, 0), cancellationToken).ConfigureAwait(false)).Sum(static r => r.Count) + await CountNewUsersAsync(days, waiting, cancellationToken).ConfigureAwait(false);

    /// <summary>How many distinct sessions the days have.</summary>
    public async Task<long> CountSessionsAsync(IReadOnlyList<DateOnly> days, WaitingUsage waiting, CancellationToken cancellationToken) =>
        await CountSessionsAsync(days, cancellationToken).ConfigureAwait(false) + await CountNewSessionsAsync(days, waiting, cancellationToken).ConfigureAwait(false);

    private async Task<long> CountSessionsAsync(IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        for (var limit = FewModels; ; limit *= 4)
        {
            var seen = await ReadAsync(Seen(days, limit), cancellationToken).ConfigureAwait(false);
            // The models stand before all sessions. When as many came as were asked for, more may follow.
            if (days.Count <= 1 || seen.All(s => ModelsOf(s) < limit)) return seen.Sum(static s => s.Count - ModelsOf(s));
        }
    }

    /// <summary>How many users and sessions a day has.</summary>
    public async Task<(long Users, long Sessions)> CountAsync(DateOnly day, WaitingUsage waiting, CancellationToken cancellationToken)
    {
        var contents = await scope.Storage.ReadAsync([.. Rankings([day], 0), .. Seen([day], 0)], cancellationToken).ConfigureAwait(false);
        var users = contents.Take(keys.PartitionCount).OfType<IndexContent>().Sum(static r => r.Count);
        var sessions = contents.Skip(keys.PartitionCount).OfType<IndexContent>().Sum(static s => s.Count - ModelsOf(s));
        return (users + await CountNewUsersAsync([day], waiting, cancellationToken).ConfigureAwait(false), sessions + await CountNewSessionsAsync([day], waiting, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>How many distinct sessions of a user the days have.</summary>
    public async Task<long> CountSessionsAsync(string userId, IReadOnlyList<DateOnly> days, WaitingUsage waiting, CancellationToken cancellationToken)
    {
        var (partition, wanted) = (keys.PartitionOf(userId), days.ToHashSet());
        var sessions = waiting.Usages.Where(u => u.Usage.Session is not null && wanted.Contains(u.Usage.Day)).Select(static u => UsageFields.Session(u.Usage.Session!)).ToHashSet(StringComparer.Ordinal);
        foreach (var chunk in days.Select(d => new MapRead(keys.UserDay(partition, userId, d))).Chunk(WholeMaps))
            foreach (var map in await scope.Storage.ReadAsync(chunk, cancellationToken).ConfigureAwait(false))
                if (map is MapContent content) sessions.UnionWith(content.Fields.Keys.Where(UsageFields.IsSession));
        return sessions.Count;
    }

    /// <summary>The ranks of those of whom something waits, with it.</summary>
    private async Task<IEnumerable<IndexMember>> RankWaitingAsync(IReadOnlyList<DateOnly> days, IReadOnlyDictionary<(int Partition, string UserId), Dictionary<DateOnly, long>> waiting, CancellationToken cancellationToken)
    {
        var scores = await ReadScoresAsync(days, keys.Ranking, waiting.Keys, cancellationToken).ConfigureAwait(false);
        return waiting.Select(user => new IndexMember(user.Key.UserId, Math.Min(StateLimits.MaximumNumber, days.Sum(day =>
            Math.Min(StateLimits.MaximumNumber, scores.GetValueOrDefault((user.Key.Partition, user.Key.UserId, day)) + user.Value.GetValueOrDefault(day))))));
    }

    private Task<long> CountNewUsersAsync(IReadOnlyList<DateOnly> days, WaitingUsage waiting, CancellationToken cancellationToken) =>
        CountNewAsync(days, keys.Ranking, [.. waiting.TokensOf(days).Keys], cancellationToken);

    private Task<long> CountNewSessionsAsync(IReadOnlyList<DateOnly> days, WaitingUsage waiting, CancellationToken cancellationToken) =>
        CountNewAsync(days, keys.Seen, [.. waiting.SessionsOf(days)], cancellationToken);

    /// <summary>How many of these members no day has yet.</summary>
    private async Task<long> CountNewAsync(IReadOnlyList<DateOnly> days, Func<int, DateOnly, StateKey> index, IReadOnlyCollection<(int Partition, string Member)> members, CancellationToken cancellationToken)
    {
        if (members.Count == 0) return 0;
        var scores = await ReadScoresAsync(days, index, members, cancellationToken).ConfigureAwait(false);
        return members.Count - scores.Keys.Select(static s => (s.Partition, s.Member)).Distinct().Count();
    }

    private async Task<Dictionary<(int Partition, string Member, DateOnly Day), long>> ReadScoresAsync(
        IReadOnlyList<DateOnly> days, Func<int, DateOnly, StateKey> index, IEnumerable<(int Partition, string Member)> members, CancellationToken cancellationToken)
    {
        var scores = new Dictionary<(int, string, DateOnly), long>();
        var wanted = from ofPartition in members.GroupBy(static m => m.Partition, static m => m.Member) from some in ofPartition.Chunk(MembersAtOnce) from day in days
                     select (Partition: ofPartition.Key, Day: day, Read: new IndexRead(index(ofPartition.Key, day), some));
        foreach (var chunk in wanted.Chunk(WholeMaps))
        {
            var contents = await scope.Storage.ReadAsync([.. chunk.Select(static w => w.Read)], cancellationToken).ConfigureAwait(false);
            foreach (var (one, content) in chunk.Zip(contents))
                if (content is IndexContent found) foreach (var member in found.Members) scores[(one.Partition, member.Member, one.Day)] = member.Score;
        }
        return scores;
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
