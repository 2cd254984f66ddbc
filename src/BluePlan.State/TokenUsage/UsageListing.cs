using System.Buffers.Text;
using System.Globalization;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Pages through a user's single records, newest first: day after day back, more days at a time while they are empty.</summary>
internal sealed class UsageListing(StateScope scope, UsageKeys keys, UsageMemory memory)
{
    private const int MostDays = 64;

    public async Task<StatePage<TokenUsageRecord>> ReadAsync(string userId, int pageSize, string? after, WaitingUsage waiting, CancellationToken cancellationToken)
    {
        var partition = keys.PartitionOf(userId);
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var (oldest, newest) = (now - memory.DetailRetention, now + UsageRetention.Ahead);
        IndexMember? place = after is null ? null : Parse(after);
        if (place is { } p && DateTimeOffset.FromUnixTimeMilliseconds(-p.Score) is var at && at < newest) newest = at;

        var members = new List<IndexMember>();
        var (day, last, step) = (memory.Calendar.DayOf(newest), memory.Calendar.DayOf(oldest), 2);
        while (members.Count <= pageSize && day >= last)
        {
            var reads = new List<StateRead>();
            for (; reads.Count < step && day >= last; day = day.AddDays(-1))
                reads.Add(new IndexRead(keys.Requests(partition, userId, day), maximum: -oldest.ToUnixTimeMilliseconds(), limit: pageSize + 1 - members.Count, after: place));
            foreach (var content in await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false))
                if (content is IndexContent index) members.AddRange(index.Members);
            step = Math.Min(2 * step, MostDays);
        }

        if (!waiting.IsEmpty) members = Merge(members, waiting, place, -oldest.ToUnixTimeMilliseconds());
        var page = members.Take(pageSize).ToArray();
        return new(await ReadAsync(partition, userId, [.. page.Where(StateMember.IsNameByNewest)], cancellationToken).ConfigureAwait(false), members.Count > pageSize ? Text(page[^1]) : null);
    }

    private async Task<IReadOnlyList<TokenUsageRecord>> ReadAsync(int partition, string userId, IndexMember[] page, CancellationToken cancellationToken)
    {
        if (page.Length == 0) return [];
        var reads = page.Select(m => new DocumentRead(keys.Request(partition, userId, m.Member))).ToArray();
        var contents = await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false);
        var records = new List<TokenUsageRecord>(page.Length);
        for (var i = 0; i < page.Length; i++)
        {
            if (contents[i] is not DocumentContent document) continue;
            var detail = scope.Codec.Decode(ValueLocation.Document(reads[i].Key), document.Value).ReadRecord(UsageJson.Default.UsageDetail);
            // An id that was forgotten and used again is still listed where it was before, too.
            if (-detail.At == page[i].Score) records.Add(detail.ToRecord(userId, page[i].Member));
        }
        return records;
    }

    /// <summary>What was read goes as far as a page, so whatever waits and stands before its end belongs to the page.</summary>
    private static List<IndexMember> Merge(List<IndexMember> listed, WaitingUsage waiting, IndexMember? after, long oldest) =>
        [.. waiting.Usages.Select(static u => new IndexMember(u.Usage.RequestId, -u.Usage.At)).Where(m => m.Score <= oldest && (after is not { } place || m.CompareTo(place) > 0)).Union(listed).Order()];

    private static string Text(IndexMember place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{-place.Score}/{place.Member}")));

    private static IndexMember Parse(string after)
    {
        if (Base64Url.IsValid(after))
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(after)).Split('/', 2);
            if (parts is [var score, { Length: > 0 } member] && long.TryParse(score, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return new(member, -milliseconds);
        }
        throw new ArgumentException("It is not a place in this listing. Pass what a page gave as Next, unchanged, or null.", nameof(after));
    }
}
