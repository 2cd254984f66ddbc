using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The commit of one record, in the user's partition: detail, sums, ranking, what was seen, and the listing change together.</summary>
/// <remarks>
/// <para>The operations stand in a fixed order, so that a provider can keep a ready script for them, and all increments of maps add the same vector:</para>
/// <code>
/// PutDocument     usage-request         if absent: this is what makes it count once
/// IncrementFields usage-user-day        model, quarter-hour and model, session
/// IncrementFields usage-day             model, quarter-hour and model
/// IncrementScores usage-ranking         the user
/// SetScores       usage-seen            the model, the session
/// SetScores       usage-user-requests   the request, unless it is too old to be listed
/// IncrementFields usage-session         model, when there is a session
/// </code>
/// <para>What only needs to be said once in a while follows: when the user's keys expire, with the first record of the user's session and day in an hour; and when the day's shared keys do, and that the tenant is
/// here, with the first record of the partition's day in an hour.</para>
/// </remarks>
internal sealed class UsageCommit
{
    private readonly UsageKeys _keys;
    private readonly UsageMemory _memory;
    private readonly UsageDetail _detail;
    private readonly string _userId;
    private readonly DateTimeOffset _now;
    private readonly DateTimeOffset _at;
    private readonly DateOnly _day;
    private readonly DateOnly _today;
    private readonly StateKey _userDay;
    private readonly StateKey? _requests;
    private readonly StateKey? _session;

    public UsageCommit(UsageKeys keys, UsageMemory memory, TokenUsage usage, UsageDetail detail, DateTimeOffset now)
    {
        (_keys, _memory, _detail, _userId, _now) = (keys, memory, detail, usage.UserId, now);
        _at = DateTimeOffset.FromUnixTimeMilliseconds(detail.At);
        (_day, _today) = (memory.Calendar.DayOf(_at), memory.Calendar.DayOf(now));
        var partition = keys.PartitionOf(_userId);
        Request = keys.Request(partition, _userId, usage.RequestId);
        RequestId = usage.RequestId;
        _userDay = keys.UserDay(partition, _userId, _day);
        _requests = _at >= now - memory.DetailRetention ? keys.Requests(partition, _userId, _day) : null;
        _session = detail.Session is { } handle ? keys.Session(partition, _userId, handle) : null;
    }

    public StateKey Request { get; }

    public string RequestId { get; }

    private (string, string, int, string?) UserPart => (_keys.Tenant, _userId, _day.DayNumber, _detail.Session);

    private (string, int, int) DayPart => (_keys.Tenant, Request.Partition, _day.DayNumber);

    private StateExpiry DayExpiry => ExpiryOf(_day);

    /// <summary>The commit; the first operation carries its only condition.</summary>
    public StateCommit Build(ReadOnlyMemory<byte> value)
    {
        var operations = new List<StateOperation>(14) { new PutDocument(Request, value, StateExpiry.After(_memory.DetailRetention), StateCondition.IfAbsent) };
        AddSums(operations);
        if (!_memory.IsKnown(UserPart, _now)) AddUserExpiry(operations);
        if (!_memory.IsKnown(DayPart, _now)) AddShared(operations);
        return new(operations);
    }

    /// <summary>The commit happened: what it said once need not be said again soon.</summary>
    public void Remember()
    {
        _memory.Know(UserPart, _now);
        _memory.Know(DayPart, _now);
    }

    private void AddSums(List<StateOperation> operations)
    {
        var (partition, totals, model) = (Request.Partition, _detail.ToTotals(), UsageFields.Model(_detail.Model));
        ReadOnlyMemory<long> vector = totals.ToVector();
        var ofModel = new MapIncrement(model, vector);
        MapIncrement[] ofDay = _day >= _today.AddDays(-UsageRetention.QuarterDays) ? [ofModel, new(UsageFields.Quarter(UsageQuarter.Of(_at), _detail.Model), vector)] : [ofModel];
        var seen = new IndexMember(model, UsageFields.ModelScore);

        operations.Add(new IncrementFields(_userDay, _detail.Session is { } ofUser ? [.. ofDay, new(UsageFields.Session(ofUser), vector)] : ofDay));
        operations.Add(new IncrementFields(_keys.Day(partition, _day), ofDay));
        operations.Add(new IncrementScores(_keys.Ranking(partition, _day), [new(_userId, totals.TotalTokens)]));
        operations.Add(new SetScores(_keys.Seen(partition, _day), _detail.Session is { } handle ? [seen, new(UsageFields.Session(_userId, handle), UsageFields.SessionScore)] : [seen]));
        if (_requests is { } requests) operations.Add(new SetScores(requests, [new(RequestId, _detail.At)]));
        if (_session is { } session) operations.Add(new IncrementFields(session, [ofModel]));
    }

    private void AddUserExpiry(List<StateOperation> operations)
    {
        operations.Add(new ExpireKey(_userDay, DayExpiry, onlyIfNone: true));
        if (_requests is { } requests) operations.Add(new ExpireKey(requests, StateExpiry.At(_memory.Calendar.StartOf(_day.AddDays(1 + UsageRetention.Margin)) + _memory.DetailRetention), onlyIfNone: true));
        if (_session is { } session) operations.Add(new ExpireKey(session, ExpiryOf(_today)));
    }

    private void AddShared(List<StateOperation> operations)
    {
        var partition = Request.Partition;
        foreach (var key in (ReadOnlySpan<StateKey>)[_keys.Day(partition, _day), _keys.Ranking(partition, _day), _keys.Seen(partition, _day)])
            operations.Add(new ExpireKey(key, DayExpiry, onlyIfNone: true));
        operations.Add(new SetScores(UsageKeys.Tenants(partition), [new(UsageKeys.TenantMember(_keys.Tenant), _today.DayNumber)], onlyRaise: true));
    }

    private StateExpiry ExpiryOf(DateOnly day) => StateExpiry.At(_memory.Calendar.StartOf(day.AddDays(UsageRetention.Days + UsageRetention.Margin)));
}
