using System.IO.Hashing;
using System.Runtime.InteropServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>The commit of one record, in the user's partition: the single record, and that it waits to be posted to its sums.</summary>
/// <remarks>
/// <para>The operations stand in a fixed order, so that a provider can keep a ready script for them:</para>
/// <code>
/// PutDocument   usage-request   if absent: this is what makes it count once
/// SetScores     usage-pending   see PendingUsage
/// SetScores     usage-tenants   that the tenant is here, once in an hour
/// </code>
/// <para>Writing the sums with every record would cost a server several times as much: a dozen commands that each change a few numbers. Posted together, many records change them once; see <see cref="UsagePosting"/>.</para>
/// </remarks>
internal sealed class UsageCommit
{
    /// <summary>One record in so many posts what waits in its partition.</summary>
    private const int PostEvery = 512;

    private readonly UsageKeys _keys;
    private readonly UsageMemory _memory;
    private readonly PendingUsage _pending;
    private readonly DateTimeOffset _now;

    public UsageCommit(UsageKeys keys, UsageMemory memory, TokenUsage usage, UsageDetail detail, DateTimeOffset now)
    {
        (_keys, _memory, _now) = (keys, memory, now);
        var day = memory.Calendar.DayOf(DateTimeOffset.FromUnixTimeMilliseconds(detail.At));
        _pending = new(keys.Tenant, usage.UserId, usage.RequestId, detail.Model, detail.Session, day, (long)(now - DateTimeOffset.UnixEpoch).TotalHours, detail.At, detail.ToTotals());
        Request = keys.Request(keys.PartitionOf(usage.UserId), usage.UserId, usage.RequestId);
    }

    public StateKey Request { get; }

    /// <summary>Whether the recorder of this one posts: told by the request id alone, so that about as much waits however many processes record, and however few records each of them makes.</summary>
    public bool Posts => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(_pending.RequestId.AsSpan())) % PostEvery == 0;

    private (string, int) Place => (_keys.Tenant, Request.Partition);

    /// <summary>The commit; the first operation carries its only condition.</summary>
    public StateCommit Build(ReadOnlyMemory<byte> value)
    {
        var put = new PutDocument(Request, value, StateExpiry.After(_memory.DetailRetention), StateCondition.IfAbsent);
        var wait = new SetScores(UsageKeys.Pending(Request.Partition), [_pending.ToMember()]);
        return _memory.IsKnown(Place, _now) ? new(put, wait)
            : new(put, wait, new SetScores(UsageKeys.Tenants(Request.Partition), [new(UsageKeys.TenantMember(_keys.Tenant), _memory.Calendar.DayOf(_now).DayNumber)], onlyRaise: true));
    }

    /// <summary>The commit happened: what it said once need not be said again soon.</summary>
    public void Remember() => _memory.Know(Place, _now);
}
