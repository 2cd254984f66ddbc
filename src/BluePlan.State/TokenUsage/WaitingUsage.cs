using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Usage that belongs to an answer and waits, because the store refuses to post it: it is added to what the sums say.</summary>
internal sealed class WaitingUsage
{
    private readonly HashSet<(int Partition, string Member)> _members = [];
    private readonly List<(int Partition, PendingUsage Usage)> _usages = [];

    /// <summary>Nothing waits: the sums are the answer.</summary>
    public static WaitingUsage None { get; } = new();

    public bool IsEmpty => _usages.Count == 0;

    public IReadOnlyList<(int Partition, PendingUsage Usage)> Usages => _usages;

    public void Add(int partition, string member, PendingUsage usage)
    {
        if (_members.Add((partition, member))) _usages.Add((partition, usage));
    }

    /// <summary>Whether all of it waits later, too: then none of it was posted in between.</summary>
    public bool IsAllIn(WaitingUsage later) => _members.IsSubsetOf(later._members);

    /// <summary>Adds it to the periods of a question that it falls into.</summary>
    public void AddTo(UsageSums[] sums, UsagePeriods periods, UsagePlan plan)
    {
        if (IsEmpty) return;
        var days = plan.Days.ToDictionary(static d => d.Day, static d => d.Period);
        foreach (var (_, usage) in _usages)
        {
            var quarter = UsageQuarter.Of(DateTimeOffset.FromUnixTimeMilliseconds(usage.At));
            if (days.TryGetValue(usage.Day, out var period)) sums[period].Add(usage.Model, usage.Totals);
            else if (plan.CutDays.Contains(usage.Day) && quarter >= periods.Bounds[0] && quarter < periods.Bounds[^1]) sums[periods.Find(quarter)].Add(usage.Model, usage.Totals);
        }
    }

    /// <summary>Adds it to the sum of a session.</summary>
    public void AddTo(UsageSums sums, string handle)
    {
        foreach (var (_, usage) in _usages)
            if (usage.Session == handle) sums.Add(usage.Model, usage.Totals);
    }

    /// <summary>The tokens of each user and day.</summary>
    public IReadOnlyDictionary<(int Partition, string UserId), Dictionary<DateOnly, long>> TokensOf(IReadOnlyList<DateOnly> days)
    {
        var (wanted, tokens) = (days.ToHashSet(), new Dictionary<(int, string), Dictionary<DateOnly, long>>());
        foreach (var (partition, usage) in _usages)
        {
            if (!wanted.Contains(usage.Day)) continue;
            if (!tokens.TryGetValue((partition, usage.UserId), out var ofUser)) tokens.Add((partition, usage.UserId), ofUser = []);
            ofUser[usage.Day] = Math.Min(StateLimits.MaximumNumber, ofUser.GetValueOrDefault(usage.Day) + usage.Totals.TotalTokens); // a rank goes as far as a score does
        }
        return tokens;
    }

    /// <summary>The sessions of the days, as they are listed there.</summary>
    public IEnumerable<(int Partition, string Member)> SessionsOf(IReadOnlyList<DateOnly> days)
    {
        var wanted = days.ToHashSet();
        return _usages.Where(u => u.Usage.Session is not null && wanted.Contains(u.Usage.Day)).Select(static u => (u.Partition, UsageFields.Session(u.Usage.UserId, u.Usage.Session!))).Distinct();
    }
}
