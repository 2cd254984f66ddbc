using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Counts one request: detail, listing, sums, ranking and distinct counts in one commit of the user's partition.</summary>
/// <remarks>
/// The operations stand in a fixed order, so that a provider can keep a ready script for them: the first eight always, but for a record too old to be listed, which lacks
/// the listing; then those of the session; then, once an hour for each partition and day, what the day's shared keys need. All increments of a commit add the same vector.
/// </remarks>
internal sealed class UsageRecorder(StateScope scope, UsageKeys keys, UsageMemory memory)
{
    private const int MostAttempts = 4;

    public async Task<bool> RecordAsync(TokenUsage usage, CancellationToken cancellationToken)
    {
        UsageValidation.Check(usage);
        var now = scope.Now;
        var at = usage.At is { } when ? CheckTime(when, now) : now;
        await new UsageZone(scope, keys, memory).FixAsync(now, cancellationToken).ConfigureAwait(false);

        var detail = UsageValidation.ToDetail(usage, at, usage.CostNanos ?? memory.Prices.Cost(usage), usage.SessionId is { } session ? keys.HandleOf(session) : null);
        var partition = keys.PartitionOf(usage.UserId);
        var request = keys.Request(partition, usage.UserId, usage.RequestId);
        using var buffer = StateCodec.EncodeRecord(detail, UsageJson.Default.UsageDetail);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await CommitAsync(usage, detail, at, now, request, buffer.Written, cancellationToken).ConfigureAwait(false)) return true;
            if (await scope.Storage.ReadAsync(new DocumentRead(request), cancellationToken).ConfigureAwait(false) is not { } document) continue; // expired in between
            if (scope.Codec.Decode(request, document.Value).ReadRecord(UsageJson.Default.UsageDetail).IsSame(detail, usage.At is not null, usage.CostNanos is not null)) return false;
            throw new StateConflictException($"The request '{usage.RequestId}' of this user is counted already, with other content. Give another request an id of its own.", $"request {usage.RequestId}");
        }
        throw new StateConflictException($"The request '{usage.RequestId}' comes and goes: it was there {MostAttempts} times and gone when it was read.", $"request {usage.RequestId}");
    }

    private async Task<bool> CommitAsync(TokenUsage usage, UsageDetail detail, DateTimeOffset at, DateTimeOffset now, StateKey request, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var (partition, day, today) = (request.Partition, memory.Calendar.DayOf(at), memory.Calendar.DayOf(now));
        var isDayKnown = memory.IsDayKnown(keys.Tenant, partition, day, now);
        var operations = new List<StateOperation>(14) { new PutDocument(request, value, StateExpiry.After(memory.DetailRetention), StateCondition.IfAbsent) };
        if (at >= now - memory.DetailRetention) AddListing(operations, partition, usage, detail.At, day);
        AddSums(operations, partition, usage.UserId, detail, at, day, withQuarter: day >= today.AddDays(-UsageRetention.QuarterDays));
        if (!isDayKnown) AddShared(operations, partition, day, today);
        try
        {
            if (!(await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false)).IsCommitted) return false;
        }
        catch (OverflowException exception)
        {
            throw new OverflowException($"With request '{usage.RequestId}' a sum of its day, session, user or model would pass {StateLimits.MaximumNumber} (2^53 − 1). Nothing was recorded.", exception);
        }
        if (!isDayKnown) memory.KnowDay(keys.Tenant, partition, day, now);
        return true;
    }

    private void AddListing(List<StateOperation> operations, int partition, TokenUsage usage, long milliseconds, DateOnly day)
    {
        var key = keys.Requests(partition, usage.UserId, day);
        operations.Add(new SetScores(key, [new(usage.RequestId, milliseconds)]));
        operations.Add(new ExpireKey(key, StateExpiry.At(memory.Calendar.StartOf(day.AddDays(1 + UsageRetention.Margin)) + memory.DetailRetention), onlyIfNone: true));
    }

    private void AddSums(List<StateOperation> operations, int partition, string userId, UsageDetail detail, DateTimeOffset at, DateOnly day, bool withQuarter)
    {
        var totals = detail.ToTotals();
        ReadOnlyMemory<long> vector = totals.ToVector();
        var model = UsageFields.Model(detail.Model);
        var increments = new List<MapIncrement>(3) { new(model, vector) };
        if (withQuarter) increments.Add(new(UsageFields.Quarter(UsageQuarter.Of(at), detail.Model), vector));
        var seen = new List<IndexMember>(2) { new(model, UsageFields.ModelScore) };
        var userDay = keys.UserDay(partition, userId, day);

        MapIncrement[] ofDay = [.. increments];
        if (detail.Session is { } handle)
        {
            increments.Add(new(UsageFields.Session(handle), vector));
            seen.Add(new(UsageFields.Session(userId, handle), UsageFields.SessionScore));
        }
        operations.Add(new IncrementFields(userDay, increments));
        operations.Add(new ExpireKey(userDay, DayExpiry(day), onlyIfNone: true));
        operations.Add(new IncrementFields(keys.Day(partition, day), ofDay));
        operations.Add(new IncrementScores(keys.Ranking(partition, day), [new(userId, totals.TotalTokens)]));
        operations.Add(new SetScores(keys.Seen(partition, day), seen));
        if (detail.Session is null) return;
        var session = keys.Session(partition, userId, detail.Session);
        operations.Add(new IncrementFields(session, [new(model, vector)]));
        operations.Add(new ExpireKey(session, StateExpiry.After(TimeSpan.FromDays(UsageRetention.Days))));
    }

    /// <summary>The keys that all users of the partition share get their expiry, and the tenant is registered for maintenance, by the first record of the hour instead of every one.</summary>
    private void AddShared(List<StateOperation> operations, int partition, DateOnly day, DateOnly today)
    {
        foreach (var key in (ReadOnlySpan<StateKey>)[keys.Day(partition, day), keys.Ranking(partition, day), keys.Seen(partition, day)])
            operations.Add(new ExpireKey(key, DayExpiry(day), onlyIfNone: true));
        operations.Add(new SetScores(UsageKeys.Tenants(partition), [new(UsageKeys.TenantMember(keys.Tenant), today.DayNumber)], onlyRaise: true));
    }

    private StateExpiry DayExpiry(DateOnly day) => StateExpiry.At(memory.Calendar.StartOf(day.AddDays(UsageRetention.Days + UsageRetention.Margin)));

    private DateTimeOffset CheckTime(DateTimeOffset at, DateTimeOffset now, string parameter = "usage")
    {
        if (at > now + UsageRetention.Ahead) throw new ArgumentOutOfRangeException(parameter, at, $"It lies more than a day ahead: it is {now:O}.");
        var oldest = memory.Calendar.StartOf(memory.Calendar.DayOf(now).AddDays(-UsageRetention.BackdateDays));
        return at >= oldest ? at : throw new ArgumentOutOfRangeException(parameter, at, $"Usage can be recorded back to {oldest:O}, {UsageRetention.BackdateDays} days ago.");
    }
}
