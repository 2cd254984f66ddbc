using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Takes the quarter-hours out of a partition's old days; the sums of the days stay.</summary>
internal sealed class UsageCompactor(StateScope scope, UsageKeys keys, int partition)
{
    /// <returns>How many fields were removed.</returns>
    public async Task<long> RunAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken)
    {
        var days = Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays).ToArray();
        var users = await scope.Storage.ReadAsync([.. days.Select(d => new IndexRead(keys.Ranking(partition, d), limit: 0))], cancellationToken).ConfigureAwait(false);
        var removed = 0L;
        foreach (var (day, _) in days.Zip(users).Where(static d => d.Second is not null))
            removed += await CompactAsync(day, cancellationToken).ConfigureAwait(false);
        return removed;
    }

    private async Task<long> CompactAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var removed = 0L;
        await foreach (var users in new UsageReader(scope, keys).ReadUsersAsync(partition, day, cancellationToken).ConfigureAwait(false))
            removed += await RemoveAsync([.. users.Select(u => keys.UserDay(partition, u, day))], cancellationToken).ConfigureAwait(false);
        return removed + await RemoveAsync([keys.Day(partition, day)], cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> RemoveAsync(StateKey[] maps, CancellationToken cancellationToken)
    {
        var contents = await scope.Storage.ReadAsync([.. maps.Select(static m => new MapRead(m))], cancellationToken).ConfigureAwait(false);
        var operations = new List<StateOperation>();
        for (var i = 0; i < maps.Length; i++)
            if (contents[i] is MapContent map && map.Fields.Keys.Where(UsageFields.IsQuarter).ToArray() is { Length: > 0 } quarters)
                operations.Add(new RemoveFields(maps[i], quarters));
        if (operations.Count == 0) return 0;
        var result = await scope.Storage.CommitAsync(new(operations), cancellationToken).ConfigureAwait(false);
        return result.Results.Sum(static r => r.Count);
    }
}
