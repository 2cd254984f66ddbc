namespace BluePlan.State.Storage;

/// <summary>Judges the conditions of a commit against a partition as it is before the commit. Under the partition's lock.</summary>
internal static class CommitConditions
{
    /// <summary>The first operation whose condition is not met; null = all are met.</summary>
    public static CommitConflict? FirstUnmet(Partition partition, IReadOnlyList<StateOperation> operations, DateTimeOffset now)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i] is IncrementWithin within)
            {
                if (FirstUnmet(partition.Find(within.Key, now)?.Content as StoredMap, within) is { } bound) return bound with { Operation = i };
                continue;
            }
            var met = operations[i] switch
            {
                PutDocument { Condition.Kind: not StateConditionKind.None } put => IsMet(partition, put.Key, put.Condition, now),
                CheckEntries check => AreThere(partition.Find(check.Key, now)?.Content as StoredLog, check.Entries),
                CheckKey check => IsMet(partition, check.Key, check.Condition, now),
                CheckExpiry check => partition.Find(check.Key, now) is { } node && check.IsMet(node.Expiry),
                SetFields { IfAbsent: true } set => AreAbsent(partition.Find(set.Key, now)?.Content as StoredMap, set.Fields),
                ReplaceField replace => Holds(partition.Find(replace.Key, now)?.Content as StoredMap, replace),
                RaiseToken raise => IsNotBelow(partition.Find(raise.Key, now)?.Content as StoredMap, raise),
                AppendEntries append => Fits(partition.Find(append.Key, now)?.Content as StoredLog, append.Entries),
                ReplaceEntry replace => Holds(partition.Find(replace.Key, now)?.Content as StoredLog, replace),
                RemoveMembers { OnlyIfAll: true } remove => AreThere(partition.Find(remove.Key, now)?.Content as StoredIndex, remove.Members),
                _ => true,
            };
            if (!met) return new(i, ETagOf(partition.Find(operations[i].Key, now)));
        }
        return null;
    }

    private static StateETag ETagOf(KeyNode? node) => node?.Content is DocumentContent document ? document.ETag : default;

    private static bool IsMet(Partition partition, in StateKey key, in StateCondition condition, DateTimeOffset now)
    {
        var node = partition.Find(key, now);
        return condition.IsMet(node is not null, ETagOf(node));
    }

    private static bool AreAbsent(StoredMap? map, IReadOnlyList<MapField> fields)
    {
        if (map is null) return true;
        for (var i = 0; i < fields.Count; i++)
            if (map.TryGet(fields[i].Name, out _)) return false;
        return true;
    }

    private static bool IsNotBelow(StoredMap? map, RaiseToken raise) =>
        map is null || !map.TryGet(raise.Name, out var seen) || !seen.IsCounters || seen.Counters.Span[0] <= raise.Token;

    private static bool Holds(StoredMap? map, ReplaceField replace) =>
        map is not null && map.TryGet(replace.Name, out var held) ? held == replace.Expected : replace.Expected is null;

    private static CommitConflict? FirstUnmet(StoredMap? map, IncrementWithin within)
    {
        for (var i = 0; i < within.Bounds.Count; i++)
        {
            var bound = within.Bounds[i];
            if (within.AddedTo(bound) is var added and > 0 && CounterSum.Of(map, bound) is { } sum && added > bound.Maximum - sum)
                return new(0, default) { Bound = i, Available = bound.Maximum - sum };
        }
        return null;
    }

    private static bool AreThere(StoredIndex? index, IReadOnlyList<string> members)
    {
        if (index is null) return false;
        for (var i = 0; i < members.Count; i++)
            if (!index.TryGet(members[i], out _)) return false;
        return true;
    }

    private static bool AreThere(StoredLog? log, IReadOnlyList<LogEntryId> entries)
    {
        if (log is null) return false;
        for (var i = 0; i < entries.Count; i++)
            if (!log.TryFind(entries[i].Id, out var sequence) || sequence != entries[i].Sequence) return false;
        return true;
    }

    /// <summary>No id is held already, and explicit sequences lie above all before them.</summary>
    private static bool Fits(StoredLog? log, IReadOnlyList<LogAppend> entries)
    {
        var last = log?.LastSequence ?? 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Id is not null && log is not null && log.TryFind(entry.Id, out _)) return false;
            if (entry.Sequence <= last) return false;
            last = entry.Sequence ?? last + 1;
        }
        return true;
    }

    private static bool Holds(StoredLog? log, ReplaceEntry replace) =>
        log is not null && log.Entries.TryGet(new(replace.Sequence, default), out var entry)
        && (replace.Expected is not { } expected || expected.Span.SequenceEqual(entry.Value.Span));
}
