using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Adds up what is stored. A question goes out in batches: which models the days have seen, then only the fields that hold their sums, since a day's map also holds its quarter-hours. For few
/// days the fields of the models that are known already are asked for along with the first question, so that mostly no second one is needed.
/// </summary>
/// <param name="scope">Where to read.</param>
/// <param name="keys">The tenant's keys.</param>
/// <param name="memory">Which models are known; null = none.</param>
internal sealed class UsageReader(StateScope scope, UsageKeys keys, UsageMemory? memory = null)
{
    private const int FewDays = 64;
    private const int SmallReads = 512;
    private const int WholeMaps = 32;
    private const int UsersAtOnce = 128;

    /// <summary>The sums of each period, with what waits.</summary>
    public async Task<UsageSums[]> ReadAsync(UsageScope who, UsagePeriods periods, UsagePlan plan, WaitingUsage waiting, CancellationToken cancellationToken)
    {
        var sums = new UsageSums[periods.Count];
        for (var i = 0; i < sums.Length; i++) sums[i] = new();
        var source = new Source(keys, who.UserId);
        await ReadDaysAsync(source, plan, sums, cancellationToken).ConfigureAwait(false);
        await ReadCutDaysAsync(source, plan, periods, sums, cancellationToken).ConfigureAwait(false);
        await ReadMonthsAsync(source, plan, sums, cancellationToken).ConfigureAwait(false);
        waiting.AddTo(sums, periods, plan);
        return sums;
    }

    /// <summary>The models that partitions have seen on days, as names of fields.</summary>
    public async Task<IReadOnlyList<string>[]> ReadModelsAsync(IReadOnlyList<(int Partition, DateOnly Day)> days, CancellationToken cancellationToken)
    {
        var contents = await scope.Storage.ReadAsync([.. days.Select(d => SeenModels(d.Partition, d.Day))], cancellationToken).ConfigureAwait(false);
        return [.. contents.Select(Models)];
    }

    /// <summary>The users of a partition on a day, in pages, those with the fewest tokens first. One whose sum grows meanwhile may come twice.</summary>
    public async IAsyncEnumerable<IEnumerable<string>> ReadUsersAsync(int partition, DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IndexMember? after = null;
        while (await scope.Storage.ReadAsync(new IndexRead(keys.Ranking(partition, day), limit: UsersAtOnce, after: after), cancellationToken).ConfigureAwait(false) is { Members.Count: > 0 } page)
        {
            yield return page.Members.Where(StateMember.IsName).Select(static m => m.Member);
            after = page.Members[^1];
        }
    }

    private async Task ReadDaysAsync(Source source, UsagePlan plan, UsageSums[] sums, CancellationToken cancellationToken)
    {
        (int Partition, DateOnly Day, int Period)[] all = [.. plan.Days.SelectMany(d => source.Partitions.Select(p => (p, d.Day, d.Period)))];
        if (all.Length == 0) return;
        IReadOnlyList<string> known = all.Length <= FewDays && memory is not null ? memory.Models : [];
        foreach (var chunk in all.Chunk(SmallReads))
        {
            StateRead[] reads = [.. chunk.Select(c => SeenModels(c.Partition, c.Day)), .. known.Count == 0 ? [] : chunk.Select(c => new MapRead(source.Day(c.Partition, c.Day), known))];
            var contents = await scope.Storage.ReadAsync(reads, cancellationToken).ConfigureAwait(false);
            for (var i = chunk.Length; i < reads.Length; i++) sums[chunk[i - chunk.Length].Period].AddModels((MapContent?)contents[i], reads[i].Key);
            await ReadModelsAsync(source, [.. chunk.Select((c, i) => (c, (IReadOnlyList<string>)[.. Models(contents[i]).Except(known, StringComparer.Ordinal)]))], sums, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads certain models of each day, if there are any.</summary>
    private async Task ReadModelsAsync(Source source, IReadOnlyList<((int Partition, DateOnly Day, int Period) At, IReadOnlyList<string> Models)> days, UsageSums[] sums, CancellationToken cancellationToken)
    {
        var wanted = days.Where(static d => d.Models.Count > 0).Select(d => (d.At.Period, Read: new MapRead(source.Day(d.At.Partition, d.At.Day), d.Models))).ToArray();
        if (wanted.Length == 0) return;
        memory?.Learn(days.SelectMany(static d => d.Models));
        var maps = await scope.Storage.ReadAsync([.. wanted.Select(static w => w.Read)], cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < maps.Count; i++) sums[wanted[i].Period].AddModels((MapContent?)maps[i], wanted[i].Read.Key);
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
                        sums[periods.Find(quarter)].Add(model, field, value, chunk[i].Key);
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
                if (months[i] is DocumentContent month) sums[chunk[i].Period].Add(scope.Codec.Decode(ValueLocation.Document(chunk[i].Read.Key), month.Value).ReadRecord(UsageJson.Default.UsageMonth));
        }
    }

    private IndexRead SeenModels(int partition, DateOnly day) => new(keys.Seen(partition, day), minimum: UsageFields.ModelScore);

    private static IReadOnlyList<string> Models(StateContent? seen) => seen is IndexContent index ? [.. index.Members.Select(static m => m.Member)] : [];

    /// <summary>Where a user's sums lie, or everyone's.</summary>
    private sealed class Source(UsageKeys keys, string? userId)
    {
        public int[] Partitions { get; } = userId is null ? [.. Enumerable.Range(0, keys.PartitionCount)] : [keys.PartitionOf(userId)];

        public StateKey Day(int partition, DateOnly day) => userId is null ? keys.Day(partition, day) : keys.UserDay(partition, userId, day);

        public StateKey Month(int partition, DateOnly month) => userId is null ? keys.Month(partition, month) : keys.UserMonth(partition, userId, month);
    }
}
