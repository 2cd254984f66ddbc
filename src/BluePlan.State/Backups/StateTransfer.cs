using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Brings selected records into a store: from a backup, or from another store. Runs once; what it did stands in its properties.</summary>
internal sealed class StateTransfer(IStateProvider target, BackupSelection selection, RestoreMode mode, UnpostedUsageImport? usage, IProgress<BackupProgress>? progress)
{
    private const int BatchBytes = 8 * 1024 * 1024;
    private const int CommitKeys = 256;
    private const int ReportEvery = 4096;

    private readonly bool _replacesAll = selection.IsEverything && mode is RestoreMode.Replace;
    private readonly HashSet<UInt128> _written = [];
    private readonly SortedSet<string> _unknownTypes = new(StringComparer.Ordinal);
    private readonly WatchedKeys _watched = new(target);
    private long? _total;

    public long Written { get; private set; }

    /// <summary>Null when the whole store was replaced.</summary>
    public long? Removed { get; private set; }

    public long Expired { get; private set; }

    public long Skipped { get; private set; }

    public IReadOnlyList<string> UnknownTypes => [.. _unknownTypes];

    public bool IsAtomic => _replacesAll && target.Capabilities.HasFlag(StateCapabilities.AtomicReplace);

    /// <exception cref="NotSupportedException">The store cannot do what is asked for.</exception>
    public void CheckCapabilities()
    {
        target.Require(StateCapabilities.Import);
        if (!_replacesAll && mode is RestoreMode.Replace) target.Require(StateCapabilities.Export);
    }

    /// <summary>Transfers.</summary>
    /// <param name="source">The records; asked for twice when a user is selected.</param>
    /// <param name="total">How many keys come, for the progress; null = not known.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task RunAsync(Func<CancellationToken, IAsyncEnumerable<StateRecord>> source, long? total, CancellationToken cancellationToken)
    {
        _total = total;
        if (usage is not null) await usage.PrepareAsync(cancellationToken).ConfigureAwait(false);
        await LearnAsync(source, cancellationToken).ConfigureAwait(false);
        if (_replacesAll)
        {
            var tokens = await ReadTokensAsync(cancellationToken).ConfigureAwait(false);
            await target.ImportAsync(SelectAsync(source(cancellationToken), cancellationToken).Concat(tokens.ToAsyncEnumerable()), StateImportMode.Replace, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await MergeAsync(SelectAsync(source(cancellationToken), cancellationToken), cancellationToken).ConfigureAwait(false);
            Removed = mode is RestoreMode.Replace ? await RemoveAsync(cancellationToken).ConfigureAwait(false) : 0;
            if (usage is not null) await usage.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
        await _watched.NotifyAsync(cancellationToken).ConfigureAwait(false);
        progress?.Report(new(BackupStage.Writing, Written + Expired + Skipped, _total));
    }

    /// <summary>What belongs to a user stands in the user's listings, those of the source and those of the store.</summary>
    private async Task LearnAsync(Func<CancellationToken, IAsyncEnumerable<StateRecord>> source, CancellationToken cancellationToken)
    {
        var listings = selection.Listings.ToArray();
        if (listings.Length == 0) return;
        await foreach (var record in source(cancellationToken).ConfigureAwait(false)) selection.Learn(record.Key, record.Content);
        foreach (var listing in listings)
            selection.Learn(listing, await target.ReadAsync(new IndexRead(listing), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What no restore takes back: the fencing tokens that locks were given rise for as long as the store lives.</summary>
    private async Task<List<StateRecord>> ReadTokensAsync(CancellationToken cancellationToken)
    {
        StateKey[] keys = [.. Enumerable.Range(0, selection.PartitionCount).Select(StateTypes.LockTokensOf)];
        try
        {
            var logs = await target.ReadAsync([.. keys.Select(static key => new LogRead(key))], cancellationToken).ConfigureAwait(false);
            return [.. keys.Zip(logs).Where(static log => log.Second is not null).Select(static log => new StateRecord(log.First, log.Second!))];
        }
        catch (StateUnavailableException)
        {
            // A store that a restore has left half written refuses to be read until one succeeds, which this may be. Tokens then go on with the clock; and one that cannot be reached refuses the restore, too.
            return [];
        }
    }

    private async IAsyncEnumerable<StateRecord> SelectAsync(IAsyncEnumerable<StateRecord> records, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = await target.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var taken = selection.Take(record);
            if (!record.Continues) Count(record.Key, taken, now);
            if (taken is not null && (_replacesAll || usage?.HoldsBack(taken) is not true)) yield return taken;
        }
    }

    private void Count(StateKey key, StateRecord? taken, DateTimeOffset now)
    {
        if (StateTypes.Find(key.Type, key.Shape) is null) _unknownTypes.Add(key.Type);
        if (taken is null)
        {
            Skipped++;
        }
        else if (taken.Content.Expiry.IsExpiredAt(now))
        {
            Expired++;
        }
        else
        {
            Written++;
            _watched.Add(key);
            if (!_replacesAll && mode is RestoreMode.Replace) _written.Add(Fingerprint(key));
        }
        if ((Written + Expired + Skipped) % ReportEvery == 0) progress?.Report(new(BackupStage.Writing, Written + Expired + Skipped, _total));
    }

    /// <summary>Imports in batches, and unites between them what must not be replaced, since a commit cannot wait for the import that it feeds.</summary>
    private async Task MergeAsync(IAsyncEnumerable<StateRecord> records, CancellationToken cancellationToken)
    {
        var source = records.GetAsyncEnumerator(cancellationToken);
        await using var closing = source.ConfigureAwait(false);
        var more = await source.MoveNextAsync().ConfigureAwait(false);
        var united = new List<StateRecord>();
        while (more)
        {
            await target.ImportAsync(BatchAsync(), StateImportMode.Merge, cancellationToken).ConfigureAwait(false);
            foreach (var record in united) await ListingUnion.AddAsync(target, record, cancellationToken).ConfigureAwait(false);
            united.Clear();
        }

        async IAsyncEnumerable<StateRecord> BatchAsync()
        {
            for (var bytes = 0L; more; more = await source.MoveNextAsync().ConfigureAwait(false))
            {
                var record = source.Current;
                var unites = selection.IsUnited(record.Key, mode);
                if (bytes >= BatchBytes && (unites || !record.Continues)) yield break;
                bytes += RecordSplitter.SizeOf(record);
                if (unites) united.Add(record);
                else yield return record;
            }
        }
    }

    /// <summary>Deletes what is selected and was not written.</summary>
    private async Task<long> RemoveAsync(CancellationToken cancellationToken)
    {
        var (removed, seen, pending) = (0L, 0L, new Dictionary<int, List<StateOperation>>());
        await foreach (var record in target.ExportAsync(cancellationToken).ConfigureAwait(false))
        {
            var key = record.Key;
            if (record.Continues) continue;
            if (++seen % ReportEvery == 0) progress?.Report(new(BackupStage.Removing, seen, null));
            if (!selection.Includes(key) || _written.Contains(Fingerprint(key))) continue;
            _watched.Add(key);
            if (!pending.TryGetValue(key.Partition, out var operations)) pending.Add(key.Partition, operations = []);
            operations.Add(new DeleteKey(key));
            if (operations.Count < CommitKeys) continue;
            pending.Remove(key.Partition);
            removed += await CommitAsync(operations, cancellationToken).ConfigureAwait(false);
        }
        foreach (var operations in pending.Values) removed += await CommitAsync(operations, cancellationToken).ConfigureAwait(false);
        return removed;
    }

    private async Task<long> CommitAsync(List<StateOperation> deletions, CancellationToken cancellationToken) =>
        (await target.CommitAsync(new(deletions), cancellationToken).ConfigureAwait(false)).Results.Sum(static r => r.Count);

    private static UInt128 Fingerprint(StateKey key) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes($"{key.Partition}/{key.Shape}/{key.Type}/{key.Id}"));
}
