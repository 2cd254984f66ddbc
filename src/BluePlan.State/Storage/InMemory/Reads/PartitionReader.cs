using System.Runtime.CompilerServices;

namespace BluePlan.State.Storage;

/// <summary>Answers reads from a partition. Small answers are copied out under its lock; for big ones the lock is held only to freeze what is then read.</summary>
internal static class PartitionReader
{
    private const int SmallAnswer = 128;

    /// <param name="partition">Where the read's key lies.</param>
    /// <param name="read">The question.</param>
    /// <param name="time">The clock by which keys are expired: read under the lock, so that no read works with a time before that of a commit it sees.</param>
    /// <param name="journal">Where touches are written later on; null = nowhere. When it is not writable they change nothing.</param>
    public static StateAnswer Answer(Partition partition, StateRead read, TimeProvider time, ICommitJournal? journal) => read switch
    {
        DocumentRead document => Answer(partition, document, time, journal),
        MapRead map => Answer(partition, map, time),
        LogRead log => Answer(partition, log, time),
        TailRead tail => Answer(partition, tail, time),
        IndexRead index => Answer(partition, index, time),
        PageRead page => Answer(partition, page, time),
        UnionRead union => Answer(partition, union, time),
        _ => throw new InvalidOperationException($"The read {read.GetType().Name} was not refused."),
    };

    private static StateAnswer Answer(Partition partition, DocumentRead read, TimeProvider time, ICommitJournal? journal)
    {
        var key = read.Key;
        var hash = KeyTable.HashOf(key);
        var node = partition.Find(key, hash, out var position);
        // Without the lock, unless the expiry has to be written.
        if (partition.IsApplying || node is not null && !read.IsPeek && Moves(read.Touch!.Value, node.Expiry)) return AnswerLocked(partition, read, hash, time, journal);
        return new(Cut(read, node?.DocumentBy(time)), position);
    }

    // By itself: what only the lock needs would cost every read.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StateAnswer AnswerLocked(Partition partition, DocumentRead read, uint hash, TimeProvider time, ICommitJournal? journal)
    {
        lock (partition.Gate)
        {
            var (node, now) = (partition.Find(read.Key, hash, out var position), time.GetUtcNow());
            var content = node is null || node.IsExpiredAt(now) ? null
                : read.Touch is { } touch && Moves(touch, node.Expiry) && journal is null or { IsWritable: true } ? partition.Touch(node, node.Expiry.Slide(touch, now), journal is not null)
                : node.Document;
            return new(Cut(read, content), position);
        }
    }

    private static DocumentContent? Cut(DocumentRead read, DocumentContent? content) => read.HeadOnly && content is not null ? content with { Value = default } : content;

    /// <summary>Whether a touch moves a document's expiry.</summary>
    private static bool Moves(StateExpiry touch, StateExpiry expiry) => touch.Kind is StateExpiryKind.Sliding || expiry.Kind is StateExpiryKind.Sliding;

    private static StateAnswer Answer(Partition partition, MapRead read, TimeProvider time)
    {
        lock (partition.Gate)
        {
            if (partition.Find(read.Key, time.GetUtcNow(), out var position)?.Content is not StoredMap map) return new(null, position);
            if (read.Fields is null) return new(new MapContent(new FrozenMap(map.Fields.Freeze())) { Expiry = map.Expiry }, position);
            var fields = new Dictionary<string, MapValue>(read.Fields.Count, StringComparer.Ordinal);
            foreach (var name in read.Fields)
                if (map.TryGet(name, out var value)) fields[name] = value;
            return new(new MapContent(fields) { Expiry = map.Expiry }, position);
        }
    }

    private static StateAnswer Answer(Partition partition, LogRead read, TimeProvider time)
    {
        var range = LogRanges.Between(read.First, read.Last);
        TreeView<LogEntry, BySequence> view;
        LogContent content;
        long position;
        lock (partition.Gate)
        {
            if (partition.Find(read.Key, time.GetUtcNow(), out position)?.Content is not StoredLog log) return new(null, position);
            content = new([], log.LastSequence, log.Entries.Count) { Expiry = log.Expiry, Revision = log.Revision };
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

    private static StateAnswer Answer(Partition partition, TailRead read, TimeProvider time)
    {
        TreeView<LogEntry, BySequence> view;
        LogContent content;
        long position;
        lock (partition.Gate)
        {
            if (partition.Find(read.Key, time.GetUtcNow(), out position)?.Content is not StoredLog log) return new(null, position);
            content = new([], log.LastSequence, log.Entries.Count) { Expiry = log.Expiry, Revision = log.Revision };
            view = log.Entries.View;
            if (Math.Min(read.Limit, view.Count) <= SmallAnswer) return new(Tail(read, content, view), position);
            view = log.Entries.Freeze();
        }
        return new(Tail(read, content, view), position);
    }

    private static LogContent Tail(TailRead read, LogContent content, TreeView<LogEntry, BySequence> view)
    {
        var follows = content.Revision == read.Known.Revision && content.LastSequence >= read.Known.LastSequence;
        var range = follows ? LogRanges.Behind(read.Known.LastSequence) : TreeRange<LogEntry>.All;
        // One more tells whether there is a gap.
        var entries = view.Collect(range, follows && read.Limit < int.MaxValue ? read.Limit + 1 : read.Limit, descending: true);
        if (entries.Count > read.Limit)
        {
            follows = false;
            entries.RemoveAt(read.Limit);
        }
        entries.Reverse();
        return content with { Entries = entries, IsContinuation = follows };
    }

    private static StateAnswer Answer(Partition partition, IndexRead read, TimeProvider time)
    {
        var range = IndexRanges.Between(read.Minimum, read.Maximum);
        if (read.After is { } after) range = range.Behind(after, read.Descending);
        TreeView<IndexMember, ByScore> view;
        IndexContent content;
        long position;
        lock (partition.Gate)
        {
            if (partition.Find(read.Key, time.GetUtcNow(), out position)?.Content is not StoredIndex index) return new(null, position);
            content = new([], index.Members.Count) { Expiry = index.Expiry };
            if (read.Members is not null) return new(content with { Members = Find(index, read.Members) }, position);
            view = index.Members.View;
            if (Math.Min(read.Limit, view.Count) <= SmallAnswer) return new(content with { Members = view.Collect(range, read.Limit, read.Descending) }, position);
            view = index.Members.Freeze();
        }
        return new(content with { Members = view.Collect(range, read.Limit, read.Descending) }, position);
    }

    private static StateAnswer Answer(Partition partition, PageRead read, TimeProvider time)
    {
        var range = IndexRanges.Between(long.MinValue, long.MaxValue);
        if (read.After is { } after) range = range.Behind(after, read.Descending);
        lock (partition.Gate)
        {
            var now = time.GetUtcNow();
            if (partition.Find(read.Key, now, out var position)?.Content is not StoredIndex index) return new(null, position);
            var members = index.Members.View.Collect(range, read.Limit, read.Descending);
            var items = new PageItem[members.Count];
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = new(members[i], null);
                if (read.DocumentOf(members[i].Member) is not { } key) continue;
                items[i] = new(members[i], partition.Find(key, now, out var last)?.Document);
                position = Math.Max(position, last);
            }
            return new(new PageContent(items, index.Members.Count) { Expiry = index.Expiry }, position);
        }
    }

    private static StateAnswer Answer(Partition partition, UnionRead read, TimeProvider time)
    {
        var views = new List<TreeView<IndexMember, ByScore>>(read.Keys.Count);
        long position = 0;
        lock (partition.Gate)
        {
            var now = time.GetUtcNow();
            foreach (var key in read.Keys)
            {
                if (partition.Find(key, now, out var last)?.Content is StoredIndex index) views.Add(index.Members.Freeze());
                position = Math.Max(position, last);
            }
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
