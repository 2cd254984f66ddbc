namespace BluePlan.State.Storage;

/// <summary>Answers reads from a partition. Small answers are copied out under its lock; for big ones the lock is held only to freeze what is then read.</summary>
internal static class PartitionReader
{
    private const int SmallAnswer = 128;

    /// <param name="partition">Where the read's key lies.</param>
    /// <param name="read">The question.</param>
    /// <param name="now">The time by which keys are expired.</param>
    /// <param name="durable">Whether a journal is kept, so that touches must be remembered for it.</param>
    /// <param name="writable">Whether touches may change anything at all.</param>
    public static StateAnswer Answer(Partition partition, StateRead read, DateTimeOffset now, bool durable, bool writable) => read switch
    {
        DocumentRead document => Answer(partition, document, now, durable, writable),
        MapRead map => Answer(partition, map, now),
        LogRead log => Answer(partition, log, now),
        IndexRead index => Answer(partition, index, now),
        UnionRead union => Answer(partition, union, now),
        _ => throw new NotSupportedException($"Unknown read {read.GetType().Name}."),
    };

    private static StateAnswer Answer(Partition partition, DocumentRead read, DateTimeOffset now, bool durable, bool writable)
    {
        lock (partition.Gate)
        {
            if (partition.Find(read.Key, now, out var position) is not { Content: DocumentContent content } node) return new(null, position);
            if (writable && read.Touch is { } touch)
            {
                var expiry = touch.Kind is StateExpiryKind.Keep ? content.Expiry.Slide(now) : touch.Slide(now);
                if (expiry != content.Expiry) content = partition.Touch(node, expiry, durable);
            }
            return new(read.HeadOnly ? content with { Value = default } : content, position);
        }
    }

    private static StateAnswer Answer(Partition partition, MapRead read, DateTimeOffset now)
    {
        lock (partition.Gate)
        {
            if (partition.Find(read.Key, now, out var position)?.Content is not StoredMap map) return new(null, position);
            if (read.Fields is null) return new(new MapContent(new FrozenMap(map.Fields.Freeze())) { Expiry = map.Expiry }, position);
            var fields = new Dictionary<string, MapValue>(read.Fields.Count, StringComparer.Ordinal);
            foreach (var name in read.Fields)
                if (map.TryGet(name, out var value)) fields[name] = value;
            return new(new MapContent(fields) { Expiry = map.Expiry }, position);
        }
    }

    private static StateAnswer Answer(Partition partition, LogRead read, DateTimeOffset now)
    {
        var range = LogRanges.Between(read.First, read.Last);
        TreeView<LogEntry, BySequence> view;
        LogContent content;
        long position;
        lock (partition.Gate)
        {
            if (partition.Find(read.Key, now, out position)?.Content is not StoredLog log) return new(null, position);
            content = new([], log.LastSequence, log.Entries.Count) { Expiry = log.Expiry };
            if (read.Ids is not null) return new(content with { Entries = Find(log, read.Ids) }, position);
            view = log.Entries.View;
            if (Math.Min(read.Limit, view.Count) <= SmallAnswer) return new(content with { Entries = Collect() }, position);
            view = log.Entries.Freeze();
        }
        return new(content with { Entries = Collect() }, position);

        List<LogEntry> Collect()
        {
            var entries = view.Collect(range, read.Limit, read.FromEnd);
            if (read.FromEnd) entries.Reverse();
            return entries;
        }
    }

    private static StateAnswer Answer(Partition partition, IndexRead read, DateTimeOffset now)
    {
        var range = IndexRanges.Between(read.Minimum, read.Maximum);
        if (read.After is { } after) range = range.Behind(after, read.Descending);
        TreeView<IndexMember, ByScore> view;
        IndexContent content;
        long position;
        lock (partition.Gate)
        {
            if (partition.Find(read.Key, now, out position)?.Content is not StoredIndex index) return new(null, position);
            content = new([], index.Members.Count) { Expiry = index.Expiry };
            if (read.Members is not null) return new(content with { Members = Find(index, read.Members) }, position);
            view = index.Members.View;
            if (Math.Min(read.Limit, view.Count) <= SmallAnswer) return new(content with { Members = view.Collect(range, read.Limit, read.Descending) }, position);
            view = index.Members.Freeze();
        }
        return new(content with { Members = view.Collect(range, read.Limit, read.Descending) }, position);
    }

    private static StateAnswer Answer(Partition partition, UnionRead read, DateTimeOffset now)
    {
        var views = new List<TreeView<IndexMember, ByScore>>(read.Keys.Count);
        long position = 0;
        lock (partition.Gate)
            foreach (var key in read.Keys)
            {
                if (partition.Find(key, now, out var last)?.Content is StoredIndex index) views.Add(index.Members.Freeze());
                position = Math.Max(position, last);
            }
        return new(views.Count == 0 ? null : IndexUnion.Of(views, read.Limit), position);
    }

    private static List<LogEntry> Find(StoredLog log, IReadOnlyList<string> ids)
    {
        var found = new SortedList<long, LogEntry>(ids.Count);
        foreach (var id in ids)
            if (log.TryFind(id, out var sequence) && log.Entries.TryGet(new(sequence, default), out var entry)) found[sequence] = entry;
        return [.. found.Values];
    }

    private static List<IndexMember> Find(StoredIndex index, IReadOnlyList<string> members)
    {
        var found = new List<IndexMember>(members.Count);
        foreach (var member in members)
            if (index.TryGet(member, out var score)) found.Add(new(member, score));
        found.Sort();
        return found;
    }
}
