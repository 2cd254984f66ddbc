namespace BluePlan.State.Storage;

/// <summary>
/// Works out what a commit, its conditions being met, changes and answers, without changing anything: whatever can fail fails here. What it takes from the caller it copies.
/// Under the partition's lock.
/// </summary>
internal sealed class CommitPlan
{
    private readonly Partition _partition;
    private readonly DateTimeOffset _now;
    private readonly StateETag _etag;

    // What earlier operations of the commit make of their keys; only kept when an ExpireKey is there, which alone may follow a writer of its key.
    private readonly Dictionary<StateKey, (bool Exists, StateExpiry Expiry)>? _planned;

    public CommitPlan(Partition partition, StateCommit commit, DateTimeOffset now)
    {
        (_partition, _now, _etag) = (partition, now, commit.ETag);
        var operations = commit.Operations;
        if (operations.Count > 1 && operations.Any(static o => o is ExpireKey)) _planned = [];
        (Changes, Results) = (new(operations.Count), new OperationResult[operations.Count]);
        for (var i = 0; i < operations.Count; i++) Results[i] = Plan(operations[i]);
    }

    public List<StateChange> Changes { get; }

    public OperationResult[] Results { get; }

    private OperationResult Plan(StateOperation operation) => operation switch
    {
        PutDocument put => Put(put),
        DeleteKey delete => Delete(delete.Key),
        ExpireKey expire => Expire(expire),
        SetFields set => Set(set),
        IncrementFields increment => Increment(increment.Key, increment.Increments, increment.ReturnValues),
        IncrementWithin within => Increment(within),
        ReplaceField replace => Replace(replace),
        RaiseToken raise => Raise(raise),
        RemoveFields remove => Remove(remove),
        AppendEntries append => Append(append),
        ReplaceEntry replace => Replace(replace),
        RemoveEntries remove => Remove(remove),
        SetScores set => Set(set),
        IncrementScores increment => Increment(increment),
        RemoveMembers remove => Remove(remove),
        RemoveScores remove => Remove(remove),
        CheckKey or CheckEntries or CheckExpiry or NotifyWatchers => default,
        _ => throw new InvalidOperationException($"The operation {operation.GetType().Name} was not refused."),
    };

    private OperationResult Put(PutDocument put)
    {
        var expiry = put.Expiry.Kind is not StateExpiryKind.Keep ? put.Expiry.Resolve(_now) : Exists(put.Key, out var kept) ? kept : default;
        Write(new PutDocumentChange(put.Key, new(Copy(put.Value), _etag) { Expiry = expiry }), true, expiry);
        return default;
    }

    private OperationResult Delete(StateKey key)
    {
        if (!Exists(key, out _)) return default;
        Write(new DeleteChange(key), false, default);
        return new(Count: 1);
    }

    private OperationResult Expire(ExpireKey expire)
    {
        if (!Exists(expire.Key, out var current) || (expire.OnlyIfNone && current.Kind is not StateExpiryKind.Never)) return default;
        var expiry = expire.Expiry.Resolve(_now);
        Write(new ExpireChange(expire.Key, expiry), true, expiry);
        return new(Count: 1);
    }

    private OperationResult Set(SetFields set)
    {
        var map = Stored<StoredMap>(set.Key, out var expiry);
        var fields = new MapField[set.Fields.Count];
        for (var i = 0; i < fields.Length; i++) fields[i] = new(set.Fields[i].Name, Copy(set.Fields[i].Value));
        Write(new SetFieldsChange(set.Key, fields, map is null), true, expiry);
        return default;
    }

    private OperationResult Increment(IncrementWithin within)
    {
        CounterSum.Check(Stored<StoredMap>(within.Key, out _), within);
        return Increment(within.Key, within.Increments, within.ReturnValues);
    }

    private OperationResult Replace(ReplaceField replace)
    {
        var map = Stored<StoredMap>(replace.Key, out var expiry);
        Write(new SetFieldsChange(replace.Key, [new(replace.Name, Copy(replace.Value))], map is null), true, expiry);
        return default;
    }

    private OperationResult Increment(StateKey key, IReadOnlyList<MapIncrement> increments, bool returnValues)
    {
        var map = Stored<StoredMap>(key, out var expiry);
        var fields = new MapField[increments.Count];
        var vectors = returnValues ? new ReadOnlyMemory<long>[fields.Length] : null;
        for (var i = 0; i < fields.Length; i++)
        {
            var (name, by) = increments[i];
            var old = map is not null && map.TryGet(name, out var value) ? value : (MapValue?)null;
            if (old is { IsCounters: false }) throw new InvalidOperationException($"A field of {key.Type} that was to be incremented holds bytes. Nothing was written.");
            var sums = Sum(old.GetValueOrDefault().Counters.Span, by.Span, key);
            fields[i] = new(name, new MapValue(sums));
            if (vectors is not null) vectors[i] = sums;
        }
        Write(new SetFieldsChange(key, fields, map is null), true, expiry);
        return new(Vectors: vectors);
    }

    private OperationResult Raise(RaiseToken raise)
    {
        var map = Stored<StoredMap>(raise.Key, out var expiry);
        var seen = map is not null && map.TryGet(raise.Name, out var value) ? value : (MapValue?)null;
        if (seen is { IsCounters: false }) throw new InvalidOperationException($"A field of {raise.Key.Type} that was to hold a fencing token holds bytes. Nothing was written.");
        var token = new MapValue(new[] { raise.Token });
        if (seen != token) Write(new SetFieldsChange(raise.Key, [new(raise.Name, token)], map is null), true, expiry);
        return default;
    }

    private OperationResult Remove(RemoveFields remove)
    {
        if (Stored<StoredMap>(remove.Key, out var expiry) is not { } map) return default;
        string[] names = [.. remove.Fields.Where(f => map.TryGet(f, out _))];
        if (names.Length > 0) Write(new RemoveFieldsChange(remove.Key, names), names.Length < map.Fields.Count, expiry);
        return new(Count: names.Length);
    }

    private OperationResult Append(AppendEntries append)
    {
        var log = Stored<StoredLog>(append.Key, out var expiry);
        var last = Math.Max(log?.LastSequence ?? 0, append.AtLeast - 1 ?? 0);
        var entries = new LogEntry[append.Entries.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var (value, id, sequence) = append.Entries[i];
            last = sequence ?? last + 1;
            if (last > StateLimits.MaximumNumber) throw new OverflowException($"The sequence of a log of {append.Key.Type} would pass 2^53 − 1. Nothing was written.");
            entries[i] = new(last, Copy(value), id);
        }
        var count = (log?.Entries.Count ?? 0) + entries.Length;
        var revision = log is null || append.KeepLast < count ? _etag : default;
        Write(new AppendChange(append.Key, entries, append.KeepLast ?? 0, log is null, revision), true, expiry);
        return new(Count: Math.Min(count, append.KeepLast ?? count), Value: entries[0].Sequence);
    }

    private OperationResult Replace(ReplaceEntry replace)
    {
        var log = Stored<StoredLog>(replace.Key, out var expiry);
        if (log is null || !log.Entries.TryGet(new(replace.Sequence, default), out var entry)) throw new InvalidOperationException("The condition of a replacement was not judged.");
        Write(new ReplaceEntryChange(replace.Key, entry with { Value = Copy(replace.Value) }, _etag), true, expiry);
        return default;
    }

    private OperationResult Remove(RemoveEntries remove)
    {
        if (Stored<StoredLog>(remove.Key, out var expiry) is not { } log) return default;
        var count = remove.Ranges.Sum(r => (long)log.Entries.View.Collect(LogRanges.Of(r)).Count);
        if (count > 0) Write(new RemoveEntriesChange(remove.Key, [.. remove.Ranges], _etag), true, expiry);
        return new(Count: count);
    }

    private OperationResult Set(SetScores set)
    {
        var index = Stored<StoredIndex>(set.Key, out var expiry);
        IndexMember[] members = [.. set.Members.Where(m => index is null || !index.TryGet(m.Member, out var old) || (set.OnlyRaise ? old < m.Score : old != m.Score))];
        if (members.Length > 0) Write(new SetScoresChange(set.Key, members, index is null), true, expiry);
        return default;
    }

    private OperationResult Increment(IncrementScores increment)
    {
        var index = Stored<StoredIndex>(increment.Key, out var expiry);
        var members = new IndexMember[increment.Increments.Count];
        for (var i = 0; i < members.Length; i++)
        {
            var (member, by) = increment.Increments[i];
            members[i] = new(member, Sum(index is not null && index.TryGet(member, out var old) ? old : 0, by, increment.Key));
        }
        Write(new SetScoresChange(increment.Key, members, index is null), true, expiry);
        return default;
    }

    private OperationResult Remove(RemoveMembers remove)
    {
        if (Stored<StoredIndex>(remove.Key, out var expiry) is not { } index) return default;
        return Remove(index, remove.Key, [.. remove.Members.Where(m => index.TryGet(m, out _))], expiry);
    }

    private OperationResult Remove(RemoveScores remove)
    {
        if (remove.Maximum < remove.Minimum || Stored<StoredIndex>(remove.Key, out var expiry) is not { } index) return default;
        return Remove(index, remove.Key, [.. index.Members.View.Collect(IndexRanges.Between(remove.Minimum, remove.Maximum)).Select(static m => m.Member)], expiry);
    }

    private OperationResult Remove(StoredIndex index, StateKey key, string[] members, StateExpiry expiry)
    {
        if (members.Length > 0) Write(new RemoveMembersChange(key, members), members.Length < index.Members.Count, expiry);
        return new(Count: members.Length);
    }

    private void Write(StateChange change, bool exists, StateExpiry expiry)
    {
        Changes.Add(change);
        if (_planned is not null) _planned[change.Key] = (exists && !expiry.IsExpiredAt(_now), expiry);
    }

    private bool Exists(in StateKey key, out StateExpiry expiry)
    {
        if (_planned is not null && _planned.TryGetValue(key, out var planned))
        {
            expiry = planned.Expiry;
            return planned.Exists;
        }
        var node = _partition.Find(key, _now);
        expiry = node?.Expiry ?? default;
        return node is not null;
    }

    private T? Stored<T>(in StateKey key, out StateExpiry expiry) where T : StoredKey => Exists(key, out expiry) ? _partition.Find(key, _now)?.Content as T : null;

    private static ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> value) => value.IsEmpty ? default : value.ToArray();

    private static MapValue Copy(MapValue value) => value.IsCounters ? new(value.Counters.ToArray()) : new(Copy(value.Bytes));

    private static long[] Sum(ReadOnlySpan<long> old, ReadOnlySpan<long> by, in StateKey key)
    {
        var sums = new long[Math.Max(old.Length, by.Length)];
        old.CopyTo(sums);
        for (var i = 0; i < by.Length; i++) sums[i] = Sum(sums[i], by[i], key);
        return sums;
    }

    private static long Sum(long old, long by, in StateKey key) =>
        old + by is var sum and >= -StateLimits.MaximumNumber and <= StateLimits.MaximumNumber ? sum
        : throw new OverflowException($"A number of {key.Type} would pass ±(2^53 − 1). Nothing was written.");
}
