using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Puts the sums of a month by, once no record can reach it any more and while all its days are still there: first those of the users, then that of the partition, which says that
/// the month is done. Kept for ten years from the month's end.
/// </summary>
internal sealed class UsageRollup(StateScope scope, UsageKeys keys, UsageMemory memory, int partition)
{
    private const int ReadsAtOnce = 512;
    private const int DocumentsAtOnce = 64;

    /// <summary>Puts by the months that have come out of reach since the last time.</summary>
    /// <param name="before">What was today when this was last done.</param>
    /// <param name="today">What is today.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many sums were put by.</returns>
    public async Task<long> RunAsync(DateOnly before, DateOnly today, CancellationToken cancellationToken)
    {
        var kept = 0L;
        var month = UsageRange.FirstOfMonth(today.AddDays(-UsageRetention.Days - 1)).AddMonths(1); // the first whose days are all there
        while (IsOutOfReach(month, before)) month = month.AddMonths(1);
        for (; IsOutOfReach(month, today); month = month.AddMonths(1))
            if (await scope.Storage.ReadAsync(new DocumentRead(keys.Month(partition, month), headOnly: true), cancellationToken).ConfigureAwait(false) is null)
                kept += await KeepAsync(month, cancellationToken).ConfigureAwait(false);
        return kept;
    }

    private static bool IsOutOfReach(DateOnly month, DateOnly today) => month.AddMonths(1) < today.AddDays(-UsageRetention.BackdateDays - UsageRetention.Margin);

    private async Task<long> KeepAsync(DateOnly month, CancellationToken cancellationToken)
    {
        var days = Enumerable.Range(0, DateTime.DaysInMonth(month.Year, month.Month)).Select(month.AddDays).ToArray();
        var reader = new UsageReader(scope, keys);
        var models = await reader.ReadModelsAsync([.. days.Select(d => (partition, d))], cancellationToken).ConfigureAwait(false);
        var used = days.Zip(models).Where(static d => d.Second.Count > 0).ToArray();
        if (used.Length == 0) return 0;

        var users = new Dictionary<string, List<MapRead>>(StringComparer.Ordinal);
        foreach (var (day, fields) in used)
            await foreach (var page in reader.ReadUsersAsync(partition, day, cancellationToken).ConfigureAwait(false))
                foreach (var user in page)
                {
                    if (!users.TryGetValue(user, out var reads)) users.Add(user, reads = []);
                    reads.Add(new(keys.UserDay(partition, user, day), fields));
                }
        foreach (var chunk in users.Chunk(DocumentsAtOnce))
            await PutAsync([.. chunk.Select(u => (keys.UserMonth(partition, u.Key, month), u.Value))], month, cancellationToken).ConfigureAwait(false);
        await PutAsync([(keys.Month(partition, month), [.. used.Select(d => new MapRead(keys.Day(partition, d.First), d.Second))])], month, cancellationToken).ConfigureAwait(false);
        return users.Count + 1;
    }

    private async Task PutAsync((StateKey Month, List<MapRead> Days)[] sums, DateOnly month, CancellationToken cancellationToken)
    {
        var totals = sums.Select(static _ => new UsageSums()).ToArray();
        foreach (var chunk in sums.SelectMany(static (s, at) => s.Days.Select(d => (Read: d, At: at))).Chunk(ReadsAtOnce))
        {
            var maps = await scope.Storage.ReadAsync([.. chunk.Select(static c => c.Read)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < maps.Count; i++) Add(totals[chunk[i].At], (MapContent?)maps[i], chunk[i].Read.Key);
        }
        var expiry = StateExpiry.At(memory.Calendar.StartOf(month.AddMonths(1).AddYears(UsageRetention.MonthYears)));
        using var buffers = new PooledBuffers();
        var puts = sums.Zip(totals, (sum, total) =>
        {
            var record = scope.Codec.EncodeRecord(ValueLocation.Document(sum.Month), total.ToMonth(), UsageJson.Default.UsageMonth);
            return new PutDocument(sum.Month, buffers.Add(record), expiry);
        });
        await scope.Storage.CommitAsync(new([.. puts]), cancellationToken).ConfigureAwait(false);
    }

    private static void Add(UsageSums month, MapContent? day, StateKey key)
    {
        try
        {
            month.AddModels(day, key);
        }
        catch (OverflowException exception)
        {
            throw new StateCorruptionException($"The sums of a month in {key.Type} pass 2^63 − 1, which no usage does. Restore the token usage from a backup.", key.Type, exception);
        }
    }
}
