using BluePlan.State.Storage;

namespace BluePlan.State;

/// <inheritdoc cref="ITokenUsageManager"/>
internal sealed class TokenUsageManager(StateScope scope, UsageMemory memory, UsagePosting posting) : ITokenUsageManager
{
    private const int MostAtOnce = 1000;
    private const int MostAttempts = 8;

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
        var handle = _keys.HandleOf(StateName.Check(sessionId));
        StateName.Check(userId);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var key = _keys.Session(_keys.PartitionOf(userId), userId, handle);
        return await AnswerAsync(userId, async waiting =>
        {
            var sums = new UsageSums();
            sums.AddModels(await scope.Storage.ReadAsync(new MapRead(key), cancellationToken).ConfigureAwait(false), key);
            waiting.AddTo(sums, handle);
            return sums.ToTotals();
        }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<UsagePoint>> GetSeriesAsync(UsageScope scope, UsageRange range, UsageInterval interval, CancellationToken cancellationToken)
    {
        var (calendar, first, last) = await ResolveAsync(range, cancellationToken).ConfigureAwait(false);
        var periods = UsagePeriods.Cut(calendar, first, last, interval);
        var sums = await ReadAsync(scope, periods, cancellationToken).ConfigureAwait(false);
        return [.. sums.Select((s, at) => new UsagePoint(periods.StartOf(at), periods.StartOf(at + 1), s.ToTotals()))];
    }

    public Task<IReadOnlyList<UserUsage>> GetRankingAsync(UsageRange range, int top, CancellationToken cancellationToken)
    {
        CheckLimit(top, nameof(top));
        return AnswerAsync(UsageScope.Everyone, range, (days, waiting) => Counter().RankAsync(days, top, waiting, cancellationToken), cancellationToken);
    }

    public Task<long> CountUsersAsync(UsageRange range, CancellationToken cancellationToken) =>
        AnswerAsync(UsageScope.Everyone, range, (days, waiting) => Counter().CountUsersAsync(days, waiting, cancellationToken), cancellationToken);

    public Task<long> CountSessionsAsync(UsageScope scope, UsageRange range, CancellationToken cancellationToken) => AnswerAsync(scope, range, (days, waiting) => scope.UserId is { } user
        ? Counter().CountSessionsAsync(user, days, waiting, cancellationToken) : Counter().CountSessionsAsync(days, waiting, cancellationToken), cancellationToken);

    public async Task<UsageDashboard> GetDashboardAsync(CancellationToken cancellationToken)
    {
        var today = await TodayAsync(cancellationToken).ConfigureAwait(false);
        var periods = UsagePeriods.Cut(memory.Calendar, today.AddDays(-1), today, UsageInterval.Day);
        var plan = UsagePlan.For(periods, memory.Calendar, today);
        return await AnswerAsync(null, async waiting =>
        {
            var sums = await Reader().ReadAsync(UsageScope.Everyone, periods, plan, waiting, cancellationToken).ConfigureAwait(false);
            var (old, now) = (sums[0].ToTotals(), sums[^1].ToTotals());
            double? growth = old.All.TotalTokens > 0 ? 100.0 * ((double)now.All.TotalTokens / old.All.TotalTokens - 1) : null;
            var (users, sessions) = await Counter().CountAsync(today, waiting, cancellationToken).ConfigureAwait(false);
            return new UsageDashboard(today, now, old, growth, users, sessions);
        }, cancellationToken).ConfigureAwait(false);
    }

    public Task<StatePage<TokenUsageRecord>> ListAsync(string userId, int pageSize, string? after, CancellationToken cancellationToken)
    {
        StateName.Check(userId);
        CheckLimit(pageSize, nameof(pageSize));
        return AnswerAsync(userId, waiting => new UsageListing(scope, _keys, memory).ReadAsync(userId, pageSize, after, waiting, cancellationToken), cancellationToken);
    }

    public async Task<UsageCleanup> CleanupAsync(CancellationToken cancellationToken)
    {
        await CheckZoneAsync(cancellationToken).ConfigureAwait(false);
        await posting.PostAllAsync(cancellationToken).ConfigureAwait(false);
        return await new UsageCleaner(scope, memory).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<DateOnly> TodayAsync(CancellationToken cancellationToken) => memory.Calendar.DayOf(await scope.NowAsync(cancellationToken).ConfigureAwait(false));

    private UsageCounter Counter() => new(scope, _keys);

    private UsageReader Reader() => new(scope, _keys, memory);

    private async Task CheckZoneAsync(CancellationToken cancellationToken) =>
        await new UsageZone(scope, _keys, memory).CheckAsync(await scope.NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private async Task<UsageSums[]> ReadAsync(UsageScope who, UsagePeriods periods, CancellationToken cancellationToken)
    {
        var plan = UsagePlan.For(periods, memory.Calendar, await TodayAsync(cancellationToken).ConfigureAwait(false));
        return await AnswerAsync(who.UserId, waiting => Reader().ReadAsync(who, periods, plan, waiting, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(UsageCalendar Calendar, DateOnly First, DateOnly Last)> ResolveAsync(UsageRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(range);
        var calendar = range.Zone is null || range.Zone.Equals(memory.Calendar.Zone) ? memory.Calendar : new UsageCalendar(range.Zone);
        var (first, last) = range.Resolve(calendar.DayOf(await scope.NowAsync(cancellationToken).ConfigureAwait(false)));
        return (calendar, first, last);
    }

    /// <summary>Answers from the days of a range, where only whole days of the reporting time zone are known.</summary>
    private async Task<T> AnswerAsync<T>(UsageScope who, UsageRange range, Func<IReadOnlyList<DateOnly>, WaitingUsage, Task<T>> answer, CancellationToken cancellationToken)
    {
        var (calendar, first, last) = await ResolveAsync(range, cancellationToken).ConfigureAwait(false);
        if (calendar != memory.Calendar) throw new ArgumentException($"Rankings and distinct counts are of days of the reporting time zone, {memory.Calendar.Zone.Id}; the range has {range.Zone!.Id}.", nameof(range));
        var days = UsagePlan.WholeDays(first, last, await TodayAsync(cancellationToken).ConfigureAwait(false));
        return await AnswerAsync(who.UserId, waiting => answer(days, waiting), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers from the sums once all that was recorded is posted to them; if the store refuses that, from the sums and what waits.</summary>
    /// <param name="userId">Whose usage is asked for; null = everyone's.</param>
    /// <param name="answer">Reads the sums and adds what waits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task<T> AnswerAsync<T>(string? userId, Func<WaitingUsage, Task<T>> answer, CancellationToken cancellationToken)
    {
        await CheckZoneAsync(cancellationToken).ConfigureAwait(false);
        int[] partitions = userId is null ? [.. Enumerable.Range(0, _keys.PartitionCount)] : [_keys.PartitionOf(userId)];
        var audience = new UsageAudience(scope.Tenant, userId);
        if (await posting.TryPostAllAsync(partitions, audience, cancellationToken).ConfigureAwait(false) is not { } refusal) return await answer(WaitingUsage.None).ConfigureAwait(false);

        for (var attempt = 1; ; attempt++)
        {
            var waiting = await posting.ReadAsync(partitions, audience, cancellationToken).ConfigureAwait(false);
            var result = await answer(waiting).ConfigureAwait(false);
            // What another process posts in between would be counted twice.
            if (waiting.IsAllIn(await posting.ReadAsync(partitions, audience, cancellationToken).ConfigureAwait(false))) return result;
            if (attempt == MostAttempts) throw new StateUnavailableException($"Usage that waits was posted {attempt} times while it was added up. Try again.", mayHaveBeenWritten: false, refusal);
        }
    }

    private static void CheckLimit(int limit, string parameter)
    {
        if (limit is < 1 or > MostAtOnce) throw new ArgumentOutOfRangeException(parameter, limit, $"It is 1 to {MostAtOnce:N0}.");
    }
}
