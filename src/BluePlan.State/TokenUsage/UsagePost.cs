using System.Runtime.InteropServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Adds up pending usage of one partition by the sums that it belongs to, and makes the commit that posts it.</summary>
/// <param name="scope">Whose partitions these are; the tenants are those of what is added.</param>
/// <param name="memory">What was said within this hour.</param>
/// <param name="partition">Which partition.</param>
/// <param name="level">On which level of fields, see <see cref="UsageFields"/>.</param>
internal sealed class UsagePost(StateScope scope, UsageMemory memory, int partition, int level)
{
    private readonly DateTimeOffset _now = scope.Now;
    private readonly DateOnly _today = memory.Calendar.DayOf(scope.Now);
    private readonly List<string> _members = [];
    private readonly Dictionary<string, UsageKeys> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<StateKey, Dictionary<string, TokenTotals>> _sums = [];
    private readonly Dictionary<StateKey, Dictionary<string, long>> _scores = [];
    private readonly Dictionary<StateKey, Dictionary<string, long>> _ranks = [];
    private readonly Dictionary<StateKey, ExpireKey> _expiries = [];
    private readonly HashSet<(string, string, int, string?)> _users = [];
    private readonly HashSet<(string, int, int)> _days = [];
    private long _room = long.MaxValue;

    /// <exception cref="OverflowException">Together they are too much for one sum.</exception>
    public void Add(string member, PendingUsage usage)
    {
        _members.Add(member);
        var keys = KeysOf(usage.Tenant);
        AddOwn(keys, usage);
        if (!usage.IsOnlyOwn) AddShared(keys, usage);
    }

    /// <summary>Before a record is added that may be too much for its user's score in the ranking of its day: so far the score rises, and no further.</summary>
    public async Task ReadRankAsync(PendingUsage usage, CancellationToken cancellationToken)
    {
        var ranking = KeysOf(usage.Tenant).Ranking(partition, usage.Day);
        var rank = await scope.Storage.ReadAsync(new IndexRead(ranking, [usage.UserId]), cancellationToken).ConfigureAwait(false);
        _room = StateLimits.MaximumNumber - (rank is { Members: [var user] } ? user.Score : 0);
    }

    /// <summary>The commit; the first operation carries its only condition: that nobody else has posted any of it.</summary>
    public StateCommit Build()
    {
        var operations = new List<StateOperation>(1 + _sums.Count + _scores.Count + _ranks.Count + _expiries.Count) { new RemoveMembers(UsageKeys.Pending(partition), _members, onlyIfAll: true) };
        foreach (var (key, fields) in _sums) operations.Add(new IncrementFields(key, [.. fields.Select(static f => new MapIncrement(f.Key, f.Value.ToVector()))]));
        foreach (var (key, members) in _scores) operations.Add(new SetScores(key, [.. members.Select(static m => new IndexMember(m.Key, m.Value))]));
        foreach (var (key, users) in _ranks) operations.Add(new IncrementScores(key, [.. users.Select(static u => new IndexMember(u.Key, u.Value))]));
        operations.AddRange(_expiries.Values);
        return new(operations);
    }

    /// <summary>The commit happened: what it said once need not be said again soon.</summary>
    public void Remember()
    {
        foreach (var user in _users) memory.Know(user, _now);
        foreach (var day in _days) memory.Know(day, _now);
    }

    private UsageKeys KeysOf(string tenant)
    {
        ref var keys = ref CollectionsMarshal.GetValueRefOrAddDefault(_tenants, tenant, out _);
        return keys ??= new(scope with { Tenant = tenant });
    }

    private void AddOwn(UsageKeys keys, PendingUsage usage)
    {
        var (user, day, at) = (usage.UserId, usage.Day, DateTimeOffset.FromUnixTimeMilliseconds(usage.At));
        var ofDay = keys.UserDay(partition, user, day);
        AddDay(ofDay, usage);
        StateKey? session = usage.Session is { } handle ? keys.Session(partition, user, handle) : null;
        StateKey? requests = at >= _now - memory.DetailRetention ? keys.Requests(partition, user, day) : null;
        if (usage.Session is not null) Sum(ofDay, UsageFields.Session(usage.Session), new(1, 0, 0, 0, 0, 0, 0));
        if (session is { } ofSession) Sum(ofSession, UsageFields.Model(usage.Model, level), usage.Totals);
        if (requests is { } listing) Score(_scores, listing)[usage.RequestId] = usage.At;

        var known = (keys.Tenant, user, day.DayNumber, usage.Session);
        if (memory.IsKnown(known, _now) || !_users.Add(known)) return;
        ExpireOnce(ofDay, ExpiryOf(day));
        if (requests is { } listed) ExpireOnce(listed, StateExpiry.At(memory.Calendar.StartOf(day.AddDays(1 + UsageRetention.Margin)) + memory.DetailRetention));
        if (session is { } used) _expiries[used] = new(used, ExpiryOf(_today));
    }

    private void AddShared(UsageKeys keys, PendingUsage usage)
    {
        var (sums, ranking, seen) = (keys.Day(partition, usage.Day), keys.Ranking(partition, usage.Day), keys.Seen(partition, usage.Day));
        AddDay(sums, usage);
        ref var tokens = ref CollectionsMarshal.GetValueRefOrAddDefault(Score(_ranks, ranking), usage.UserId, out _);
        tokens = Check(tokens + Math.Min(usage.Totals.TotalTokens, _room));
        var members = Score(_scores, seen);
        members[UsageFields.Model(usage.Model, level)] = UsageFields.ModelScore;
        if (usage.Session is { } handle) members[UsageFields.Session(usage.UserId, handle)] = UsageFields.SessionScore;

        var known = (keys.Tenant, partition, usage.Day.DayNumber);
        if (memory.IsKnown(known, _now) || !_days.Add(known)) return;
        foreach (var key in (ReadOnlySpan<StateKey>)[sums, ranking, seen]) ExpireOnce(key, ExpiryOf(usage.Day));
    }

    private void AddDay(StateKey key, PendingUsage usage)
    {
        Sum(key, UsageFields.Model(usage.Model, level), usage.Totals);
        if (usage.Day >= _today.AddDays(-UsageRetention.QuarterDays)) Sum(key, UsageFields.Quarter(UsageQuarter.Of(DateTimeOffset.FromUnixTimeMilliseconds(usage.At)), usage.Model, level), usage.Totals);
    }

    private void Sum(StateKey key, string field, TokenTotals totals)
    {
        ref var fields = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _);
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(fields ??= new(StringComparer.Ordinal), field, out _);
        sum += totals;
        foreach (var number in sum.ToVector()) Check(number);
    }

    private static Dictionary<string, long> Score(Dictionary<StateKey, Dictionary<string, long>> indexes, StateKey key)
    {
        ref var members = ref CollectionsMarshal.GetValueRefOrAddDefault(indexes, key, out _);
        return members ??= new(StringComparer.Ordinal);
    }

    private void ExpireOnce(StateKey key, StateExpiry expiry) => _expiries.TryAdd(key, new(key, expiry, onlyIfNone: true));

    private static long Check(long number) => number <= StateLimits.MaximumNumber ? number : throw new OverflowException("What waits to be posted is together too much for one sum.");

    private StateExpiry ExpiryOf(DateOnly day) => StateExpiry.At(memory.Calendar.StartOf(day.AddDays(UsageRetention.Days + UsageRetention.Margin)));
}
