using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Adds up what is stored. A question goes out in batches: first which models the days have seen, then only the fields that hold their sums, since a day's map also holds its quarter-hours.</summary>
internal sealed class UsageReader(StateScope scope, UsageKeys keys)
{
    private const int SmallReads = 512;
    private const int WholeMaps = 32;
    private const int UsersAtOnce = 128;

    /// <summary>The sums of each period.</summary>
    public async Task<UsageSums[]> ReadAsync(UsageScope who, UsagePeriods periods, UsagePlan plan, CancellationToken cancellationToken)
    {
        var sums = new UsageSums[periods.Count];
        for (var i = 0; i < sums.Length; i++) sums[i] = new();
        var source = new Source(keys, who.UserId);
        await ReadDaysAsync(source, plan, sums, cancellationToken).ConfigureAwait(false);
        await ReadCutDaysAsync(source, plan, periods, sums, cancellationToken).ConfigureAwait(false);
        await ReadMonthsAsync(source, plan, sums, cancellationToken).ConfigureAwait(false);
        return sums;
    }

    /// <summary>The models that partitions have seen on days, as names of fields.</summary>
    public async Task<IReadOnlyList<string>[]> ReadModelsAsync(IReadOnlyList<(int Partition, DateOnly Day)> days, CancellationToken cancellationToken)
    {
        var reads = days.Select(d => new IndexRead(keys.Seen(d.Partition, d.Day), minimum: UsageFields.ModelScore)).ToArray();
        var contents = await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false);
        return [.. contents.Select(static c => c is IndexContent seen ? seen.Members.Select(static m => m.Member).ToArray() : [])];
    }

    /// <summary>The users of a partition on a day, in pages, those with the fewest tokens first. One whose sum grows meanwhile may come twice.</summary>
    public async IAsyncEnumerable<IEnumerable<string>> ReadUsersAsync(int partition, DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IndexMember? after = null;
        while (await scope.Storage.ReadAsync(new IndexRead(keys.Ranking(partition, day), limit: UsersAtOnce, after: after), cancellationToken).ConfigureAwait(false) is { Members.Count: > 0 } page)
        {
            yield return page.Members.Select(static m => m.Member);
            after = page.Members[^1];
        }
    }

    private async Task ReadDaysAsync(Source source, UsagePlan plan, UsageSums[] sums, CancellationToken cancellationToken)
    {
        var all = plan.Days.SelectMany(d => source.Partitions.Select(p => (Partition: p, d.Day, d.Period)));
        foreach (var chunk in all.Chunk(SmallReads))
        {
            var models = await ReadModelsAsync([.. chunk.Select(static c => (c.Partition, c.Day))], cancellationToken).ConfigureAwait(false);
            var wanted = chunk.Zip(models, (c, m) => (c.Period, Read: m.Count == 0 ? null : new MapRead(source.Day(c.Partition, c.Day), m))).Where(static w => w.Read is not null).ToArray();
            if (wanted.Length == 0) continue;
            var maps = await scope.Storage.ReadAsync([.. wanted.Select(static w => w.Read!)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < maps.Count; i++) sums[wanted[i].Period].AddModels((MapContent?)maps[i], wanted[i].Read!.Key);
        }
    }

    private async Task ReadCutDaysAsync(Source source, UsagePlan plan, UsagePeriods periods, UsageSums[] sums, CancellationToken cancellationToken)
    {
        var all = plan.CutDays.SelectMany(d => source.Partitions.Select(p => new MapRead(source.Day(p, d))));
        foreach (var chunk in all.Chunk(WholeMaps))
        {
            var maps = await scope.Storage.ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < maps.Count; i++)
            {
                if (maps[i] is not MapContent map) continue;
                foreach (var (field, value) in map.Fields)
                    if (UsageFields.TryReadQuarter(field, out var quarter, out var model) && quarter >= periods.Bounds[0] && quarter < periods.Bounds[^1])
                        sums[periods.Find(quarter)].Add(model, value, chunk[i].Key);
            }
        }
    }

    private async Task ReadMonthsAsync(Source source, UsagePlan plan, UsageSums[] sums, CancellationToken cancellationToken)
    {
        var all = plan.Months.SelectMany(m => source.Partitions.Select(p => (m.Period, Read: new DocumentRead(source.Month(p, m.Month)))));
        foreach (var chunk in all.Chunk(SmallReads))
        {
            var months = await scope.Storage.ReadAsync([.. chunk.Select(static c => c.Read)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < months.Count; i++)
                if (months[i] is DocumentContent month) sums[chunk[i].Period].Add(scope.Codec.Decode(chunk[i].Read.Key, month.Value).ReadRecord(UsageJson.Default.UsageMonth));
        }
    }

    /// <summary>Where a user's sums lie, or everyone's.</summary>
    private sealed class Source(UsageKeys keys, string? userId)
    {
        public int[] Partitions { get; } = userId is null ? [.. Enumerable.Range(0, keys.PartitionCount)] : [keys.PartitionOf(userId)];

        public StateKey Day(int partition, DateOnly day) => userId is null ? keys.Day(partition, day) : keys.UserDay(partition, userId, day);

        public StateKey Month(int partition, DateOnly month) => userId is null ? keys.Month(partition, month) : keys.UserMonth(partition, userId, month);
    }
}
