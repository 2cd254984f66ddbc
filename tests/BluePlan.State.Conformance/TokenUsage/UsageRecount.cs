namespace BluePlan.State.Conformance;

/// <summary>Counts usage by going through every record and every quarter-hour: slow, and simple enough to be believed.</summary>
internal sealed class UsageRecount(IReadOnlyList<TokenUsage> records)
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>Random usage of so many days before an instant; the same for the same seed.</summary>
    public static UsageRecount Random(int seed, int count, int users, int days, DateTimeOffset until)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, count).Select(i =>
        {
            var (input, output) = (random.Next(0, 5000), random.Next(0, 2000));
            var cached = random.Next(0, input + 1);
            return new TokenUsage
            {
                RequestId = $"r{i}", UserId = $"user{(int)(users * random.NextDouble() * random.NextDouble())}", Model = $"model{random.Next(3)}",
                SessionId = random.Next(5) == 0 ? null : $"session{random.Next(6)}", InputTokens = input, OutputTokens = output, CachedInputTokens = cached,
                CacheWriteTokens = random.Next(0, input - cached + 1), ReasoningTokens = random.Next(0, output + 1), CostNanos = random.Next(4) == 0 ? null : random.NextInt64(1_000_000_000),
                At = until.AddMilliseconds(-random.NextInt64((long)TimeSpan.FromDays(days).TotalMilliseconds)),
            };
        })]);
    }

    public IReadOnlyList<TokenUsage> Records => records;

    public Dictionary<string, TokenTotals> Totals(string? user, DateOnly first, DateOnly last, TimeZoneInfo zone) => ByModel(In(first, last, zone).Where(r => user is null || r.UserId == user));

    public Dictionary<string, TokenTotals> Session(string user, string session) => ByModel(records.Where(r => r.UserId == user && r.SessionId == session));

    public IEnumerable<(string UserId, long Tokens)> Ranking(DateOnly first, DateOnly last, TimeZoneInfo zone) => In(first, last, zone)
        .GroupBy(r => r.UserId, (user, all) => (UserId: user, Tokens: all.Sum(r => r.InputTokens + r.OutputTokens)))
        .OrderByDescending(u => u.Tokens).ThenByDescending(u => u.UserId, StringComparer.Ordinal);

    public int Sessions(string? user, DateOnly first, DateOnly last, TimeZoneInfo zone) => In(first, last, zone)
        .Where(r => r.SessionId is not null && (user is null || r.UserId == user)).Select(r => (r.UserId, r.SessionId)).Distinct().Count();

    /// <summary>The points of a series: the quarter-hours of the range, grouped by what a clock on the wall and a calendar show.</summary>
    public IReadOnlyList<(DateTimeOffset Start, Dictionary<string, TokenTotals> ByModel)> Series(string? user, DateOnly first, DateOnly last, TimeZoneInfo zone, UsageInterval interval)
    {
        var groups = new Dictionary<object, (DateTimeOffset Start, List<TokenUsage> Records)>();
        for (var at = new DateTimeOffset(first.AddDays(-2), TimeOnly.MinValue, TimeSpan.Zero); at < new DateTimeOffset(last.AddDays(3), TimeOnly.MinValue, TimeSpan.Zero); at += Quarter)
            if (GroupOf(at, first, last, zone, interval) is { } group && !groups.ContainsKey(group)) groups.Add(group, (TimeZoneInfo.ConvertTime(at, zone), []));
        foreach (var record in records.Where(r => user is null || r.UserId == user))
            if (GroupOf(record.At!.Value, first, last, zone, interval) is { } group) groups[group].Records.Add(record);
        return [.. groups.Values.Select(g => (g.Start, ByModel(g.Records)))];
    }

    private static object? GroupOf(DateTimeOffset instant, DateOnly first, DateOnly last, TimeZoneInfo zone, UsageInterval interval)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        var day = DateOnly.FromDateTime(local.DateTime);
        if (day < first || day > last) return null;
        return interval switch
        {
            UsageInterval.QuarterHour => instant.UtcTicks / Quarter.Ticks,
            UsageInterval.Hour => (day, local.Hour, local.Offset),
            UsageInterval.Day => day,
            _ => (day.Year, day.Month),
        };
    }

    private IEnumerable<TokenUsage> In(DateOnly first, DateOnly last, TimeZoneInfo zone) =>
        records.Where(r => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(r.At!.Value, zone).DateTime) is var day && day >= first && day <= last);

    private static Dictionary<string, TokenTotals> ByModel(IEnumerable<TokenUsage> usages) => usages.GroupBy(u => u.Model).ToDictionary(g => g.Key, g => new TokenTotals(
        g.Count(), g.Sum(u => u.InputTokens), g.Sum(u => u.OutputTokens), g.Sum(u => u.CachedInputTokens), g.Sum(u => u.CacheWriteTokens), g.Sum(u => u.ReasoningTokens), g.Sum(u => u.CostNanos ?? 0))
    {
        UnpricedRequests = g.Count(u => u.CostNanos is null), UnpricedTokens = g.Where(u => u.CostNanos is null).Sum(u => u.InputTokens + u.OutputTokens),
    });
}
