using System.Runtime.InteropServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Adds up pending usage of one partition by the sums that it belongs to, and makes the commit that posts it.</summary>
/// <param name="scope">Whose partitions these are; the tenants are those of what is added.</param>
/// <param name="memory">What was said within this hour.</param>
/// <param name="partition">Which partition.</param>
/// <param name="level">On which level of fields, see <see cref="UsageFields"/>.</param>
/// <param name="now">The store's time.</param>
internal sealed class UsagePost(StateScope scope, UsageMemory memory, int partition, int level, DateTimeOffset now)
{
    private readonly DateTimeOffset _now = now;
    private readonly DateOnly _today = memory.Calendar.DayOf(now);
    private readonly List<string> _members = [];
    private readonly Dictionary<string, UsageKeys> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tenant, DateOnly Day), OfDay> _days = [];
    private readonly Dictionary<(string Tenant, string UserId, DateOnly Day), OfUser> _users = [];
    private readonly Dictionary<(string Tenant, string UserId, string Session), Dictionary<string, TokenTotals>> _sessions = [];
    private readonly Dictionary<(string Model, bool IsUnpriced), string> _models = [];
    private readonly Dictionary<(long Quarter, string Model, bool IsUnpriced), string> _quarters = [];
    private readonly List<StateKey> _expired = [];
    private long _room = long.MaxValue;

    /// <summary>Before a record is added that may be too much for its user's score in the ranking of its day: so far the score rises, and no further.</summary>
    public async Task ReadRankAsync(PendingUsage usage, CancellationToken cancellationToken)
    {
        var ranking = KeysOf(usage.Tenant).Ranking(partition, usage.Day);
        var rank = await scope.Storage.ReadAsync(new IndexRead(ranking, [usage.UserId]), cancellationToken).ConfigureAwait(false);
        _room = StateLimits.MaximumNumber - (rank is { Members: [var user] } ? user.Score : 0);
    }

    /// <exception cref="OverflowException">Together they are too much for one sum.</exception>
    public void Add(string member, PendingUsage usage)
    {
        _members.Add(member);
        var isUnpriced = usage.Totals.UnpricedRequests > 0;
        if (isUnpriced) usage = usage with { Totals = usage.Totals with { UnpricedRequests = 0, UnpricedTokens = 0 } }; // the field says it
        var model = Field(_models, (usage.Model, IsUnpriced: isUnpriced), static (of, level) => UsageFields.Model(of.Model, of.IsUnpriced, level));
        var quarter = usage.Day < _today.AddDays(-UsageRetention.QuarterDays) ? null
            : Field(_quarters, (Quarter: UsageQuarter.Of(DateTimeOffset.FromUnixTimeMilliseconds(usage.At)), usage.Model, IsUnpriced: isUnpriced), static (of, level) => UsageFields.Quarter(of.Quarter, of.Model, of.IsUnpriced, level));
        AddOwn(usage, model, quarter);
        if (!usage.IsOnlyOwn) AddShared(usage, model, quarter);
    }

    /// <summary>The commit; the first operation carries its only condition: that nobody else has posted any of it.</summary>
    public StateCommit Build()
    {
        var operations = new List<StateOperation>(1 + 2 * _users.Count + _sessions.Count + 3 * _days.Count) { new RemoveMembers(UsageKeys.Pending(partition), _members, onlyIfAll: true) };
        foreach (var ((tenant, userId, day), user) in _users) AddTo(operations, KeysOf(tenant), userId, day, user);
        foreach (var ((tenant, userId, handle), sums) in _sessions)
        {
            var key = KeysOf(tenant).Session(partition, userId, handle);
            operations.Add(Increment(key, sums));
            Expire(operations, key, ExpiryOf(_today), onlyIfNone: false);
        }
        foreach (var ((tenant, day), all) in _days) AddTo(operations, KeysOf(tenant), day, all);
        return new(operations);
    }

    /// <summary>The commit happened: what it said once need not be said again soon.</summary>
    public void Remember()
    {
        foreach (var key in _expired) memory.Know(key, _now);
    }

    private void AddOwn(PendingUsage usage, string model, string? quarter)
    {
        var user = Get(_users, (usage.Tenant, usage.UserId, usage.Day));
        Add(user.Sums, model, usage.Totals);
        if (quarter is not null) Add(user.Sums, quarter, usage.Totals);
        if (DateTimeOffset.FromUnixTimeMilliseconds(usage.At) >= _now - memory.DetailRetention) user.Requests[usage.RequestId] = -usage.At;
        if (usage.Session is not { } handle) return;
        Add(user.Sums, UsageFields.Session(handle), new(1, 0, 0, 0, 0, 0, 0));
        Add(Get(_sessions, (usage.Tenant, usage.UserId, handle)), model, usage.Totals);
    }

    private void AddShared(PendingUsage usage, string model, string? quarter)
    {
        var all = Get(_days, (usage.Tenant, usage.Day));
        Add(all.Sums, model, usage.Totals);
        if (quarter is not null) Add(all.Sums, quarter, usage.Totals);
        all.Seen[model] = UsageFields.ModelScore;
        if (usage.Session is { } handle) all.Seen[UsageFields.Session(usage.UserId, handle)] = UsageFields.SessionScore;
        ref var tokens = ref CollectionsMarshal.GetValueRefOrAddDefault(all.Users, usage.UserId, out _);
        tokens = Check(tokens + Math.Min(usage.Totals.TotalTokens, _room));
    }

    private void AddTo(List<StateOperation> operations, UsageKeys keys, string userId, DateOnly day, OfUser user)
    {
        var (sums, requests) = (keys.UserDay(partition, userId, day), keys.Requests(partition, userId, day));
        operations.Add(Increment(sums, user.Sums));
        Expire(operations, sums, ExpiryOf(day), onlyIfNone: true);
        if (user.Requests.Count == 0) return;
        operations.Add(new SetScores(requests, Members(user.Requests)));
        Expire(operations, requests, StateExpiry.At(memory.Calendar.StartOf(day.AddDays(1 + UsageRetention.Margin)) + memory.DetailRetention), onlyIfNone: true);
    }

    private void AddTo(List<StateOperation> operations, UsageKeys keys, DateOnly day, OfDay all)
    {
        var (sums, ranking, seen) = (keys.Day(partition, day), keys.Ranking(partition, day), keys.Seen(partition, day));
        operations.Add(Increment(sums, all.Sums));
        operations.Add(new IncrementScores(ranking, Members(all.Users)));
        operations.Add(new SetScores(seen, Members(all.Seen)));
        foreach (var key in (ReadOnlySpan<StateKey>)[sums, ranking, seen]) Expire(operations, key, ExpiryOf(day), onlyIfNone: true);
    }

    private void Expire(List<StateOperation> operations, StateKey key, StateExpiry expiry, bool onlyIfNone)
    {
        if (memory.IsKnown(key, _now)) return;
        operations.Add(new ExpireKey(key, expiry, onlyIfNone));
        _expired.Add(key);
    }

    private string Field<T>(Dictionary<T, string> fields, T what, Func<T, int, string> write) where T : notnull
    {
        ref var field = ref CollectionsMarshal.GetValueRefOrAddDefault(fields, what, out _);
        return field ??= write(what, level);
    }

    private UsageKeys KeysOf(string tenant)
    {
        ref var keys = ref CollectionsMarshal.GetValueRefOrAddDefault(_tenants, tenant, out _);
        return keys ??= new(scope with { Tenant = tenant });
    }

    private StateExpiry ExpiryOf(DateOnly day) => StateExpiry.At(memory.Calendar.StartOf(day.AddDays(UsageRetention.Days + UsageRetention.Margin)));

    private static TValue Get<TKey, TValue>(Dictionary<TKey, TValue> all, TKey key) where TKey : notnull where TValue : new()
    {
        ref var value = ref CollectionsMarshal.GetValueRefOrAddDefault(all, key, out _);
        return value ??= new();
    }

    private static void Add(Dictionary<string, TokenTotals> sums, string field, TokenTotals totals)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, field, out _);
        sum += totals;
        Check(Math.Max(sum.Requests, Math.Max(sum.CostNanos, Math.Max(sum.InputTokens, sum.OutputTokens)))); // the others are parts of these
    }

    private static long Check(long number) => number <= StateLimits.MaximumNumber ? number : throw new OverflowException("What waits to be posted is together too much for one sum.");

    private static IncrementFields Increment(StateKey key, Dictionary<string, TokenTotals> sums) => new(key, [.. sums.Select(static s => new MapIncrement(s.Key, s.Value.ToVector()))]);

    private static IndexMember[] Members(Dictionary<string, long> scores) => [.. scores.Select(static s => new IndexMember(s.Key, s.Value))];

    private sealed class OfUser
    {
        public Dictionary<string, TokenTotals> Sums { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long> Requests { get; } = new(StringComparer.Ordinal);
    }

    private sealed class OfDay
    {
        public Dictionary<string, TokenTotals> Sums { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long> Users { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, long> Seen { get; } = new(StringComparer.Ordinal);
    }
}
