using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="ITokenUsageManager"/>
internal sealed class TokenUsageManager(StateScope scope, UsageMemory memory, UsagePosting posting) : ITokenUsageManager
{
    private const int MostAtOnce = 1000;

    private readonly UsageKeys _keys = new(scope);

    public Task<bool> RecordAsync(TokenUsage usage, CancellationToken cancellationToken) =>
        new UsageRecorder(scope, _keys, memory, posting).RecordAsync(usage, cancellationToken);

    public async Task<UsageTotals> GetTotalsAsync(UsageScope scope, UsageRange range, CancellationToken cancellationToken)
    {
        var (calendar, first, last) = await ResolveAsync(range, cancellationToken).ConfigureAwait(false);
        return (await ReadAsync(scope, UsagePeriods.Whole(calendar, first, last), cancellationToken).ConfigureAwait(false))[0].ToTotals();
    }

    public async Task<UsageTotals> GetSessionTotalsAsync(string userId, string sessionId, CancellationToken cancellationToken)
    {
        var key = _keys.Session(_keys.PartitionOf(StateName.Check(userId)), userId, _keys.HandleOf(StateName.Check(sessionId)));
        await posting.PostAllAsync([key.Partition], cancellationToken).ConfigureAwait(false);
        var sums = new UsageSums();
        sums.AddModels(await scope.Storage.ReadAsync(new MapRead(key), cancellationToken).ConfigureAwait(false), key);
        return sums.ToTotals();
    }

    public async Task<IReadOnlyList<UsagePoint>> GetSeriesAsync(UsageScope scope, UsageRange range, UsageInterval interval, CancellationToken cancellationToken)
    {
        var (calendar, first, last) = await ResolveAsync(range, cancellationToken).ConfigureAwait(false);
        var periods = UsagePeriods.Cut(calendar, first, last, interval);
        var sums = await ReadAsync(scope, periods, cancellationToken).ConfigureAwait(false);
        return [.. sums.Select((s, at) => new UsagePoint(periods.StartOf(at), periods.StartOf(at + 1), s.ToTotals()))];
    }

    public async Task<IReadOnlyList<UserUsage>> GetRankingAsync(UsageRange range, int top, CancellationToken cancellationToken)
    {
        CheckLimit(top, nameof(top));
        return await Counter().RankAsync(await DaysAsync(UsageScope.Everyone, range, cancellationToken).ConfigureAwait(false), top, cancellationToken).ConfigureAwait(false);
    }

    public async Task<long> CountUsersAsync(UsageRange range, CancellationToken cancellationToken) =>
        await Counter().CountUsersAsync(await DaysAsync(UsageScope.Everyone, range, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public async Task<long> CountSessionsAsync(UsageScope scope, UsageRange range, CancellationToken cancellationToken)
    {
        var days = await DaysAsync(scope, range, cancellationToken).ConfigureAwait(false);
        return await (scope.UserId is { } user ? Counter().CountSessionsAsync(user, days, cancellationToken) : Counter().CountSessionsAsync(days, cancellationToken)).ConfigureAwait(false);
    }

    public async Task<UsageDashboard> GetDashboardAsync(CancellationToken cancellationToken)
    {
        var today = await TodayAsync(cancellationToken).ConfigureAwait(false);
        var periods = UsagePeriods.Cut(memory.Calendar, today.AddDays(-1), today, UsageInterval.Day);
        var sums = await ReadAsync(UsageScope.Everyone, periods, cancellationToken).ConfigureAwait(false);
        var (old, now) = (sums[0].ToTotals(), sums[^1].ToTotals());
        double? growth = old.All.TotalTokens > 0 ? 100.0 * ((double)now.All.TotalTokens / old.All.TotalTokens - 1) : null;
        var (users, sessions) = await Counter().CountAsync(today, cancellationToken).ConfigureAwait(false);
        return new(today, now, old, growth, users, sessions);
    }

    public async Task<StatePage<TokenUsageRecord>> ListAsync(string userId, int pageSize, string? after, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        CheckLimit(pageSize, nameof(pageSize));
        await CheckZoneAsync(cancellationToken).ConfigureAwait(false);
        await posting.PostAllAsync([_keys.PartitionOf(userId)], cancellationToken).ConfigureAwait(false);
        return await new UsageListing(scope, _keys, memory).ReadAsync(userId, pageSize, after, cancellationToken).ConfigureAwait(false);
    }

    public async Task<UsageCleanup> CleanupAsync(CancellationToken cancellationToken)
    {
        await CheckZoneAsync(cancellationToken).ConfigureAwait(false);
        await posting.PostAllAsync(cancellationToken).ConfigureAwait(false);
        return await new UsageCleaner(scope, memory).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<DateOnly> TodayAsync(CancellationToken cancellationToken) => memory.Calendar.DayOf(await scope.NowAsync(cancellationToken).ConfigureAwait(false));

    private UsageCounter Counter() => new(scope, _keys);

    private async Task CheckZoneAsync(CancellationToken cancellationToken) =>
        await new UsageZone(scope, _keys, memory).CheckAsync(await scope.NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private async Task<UsageSums[]> ReadAsync(UsageScope who, UsagePeriods periods, CancellationToken cancellationToken)
    {
        var plan = UsagePlan.For(periods, memory.Calendar, await TodayAsync(cancellationToken).ConfigureAwait(false));
        await PrepareAsync(who, cancellationToken).ConfigureAwait(false);
        return await new UsageReader(scope, _keys, memory).ReadAsync(who, periods, plan, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(UsageCalendar Calendar, DateOnly First, DateOnly Last)> ResolveAsync(UsageRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(range);
        var calendar = range.Zone is null || range.Zone.Equals(memory.Calendar.Zone) ? memory.Calendar : new UsageCalendar(range.Zone);
        var (first, last) = range.Resolve(calendar.DayOf(await scope.NowAsync(cancellationToken).ConfigureAwait(false)));
        return (calendar, first, last);
    }

    /// <summary>The days of a range, where only whole days of the reporting time zone are known.</summary>
    private async Task<IReadOnlyList<DateOnly>> DaysAsync(UsageScope who, UsageRange range, CancellationToken cancellationToken)
    {
        var (calendar, first, last) = await ResolveAsync(range, cancellationToken).ConfigureAwait(false);
        if (calendar != memory.Calendar) throw new ArgumentException($"Rankings and distinct counts are of days of the reporting time zone, {memory.Calendar.Zone.Id}; the range has {range.Zone!.Id}.", nameof(range));
        var days = UsagePlan.WholeDays(first, last, await TodayAsync(cancellationToken).ConfigureAwait(false));
        await PrepareAsync(who, cancellationToken).ConfigureAwait(false);
        return days;
    }

    /// <summary>What has to be done before sums are read.</summary>
    private async Task PrepareAsync(UsageScope who, CancellationToken cancellationToken)
    {
        await CheckZoneAsync(cancellationToken).ConfigureAwait(false);
        await (who.UserId is { } user ? posting.PostAllAsync([_keys.PartitionOf(user)], cancellationToken) : posting.PostAllAsync(cancellationToken)).ConfigureAwait(false);
    }

    private static void CheckLimit(int limit, string parameter)
    {
        if (limit is < 1 or > MostAtOnce) throw new ArgumentOutOfRangeException(parameter, limit, $"It is 1 to {MostAtOnce:N0}.");
    }
}
