using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>What a question shows of the whole content of its key.</summary>
internal static class DictionaryReads
{
    public static bool Knows(StateRead read) => read is DocumentRead or MapRead or LogRead or TailRead or IndexRead or PageRead or UnionRead;

    public static StateContent Show(StateRead read, StateContent whole) => (read, whole) switch
    {
        (DocumentRead { HeadOnly: true }, DocumentContent document) => document with { Value = default },
        (DocumentRead, DocumentContent) => whole,
        (MapRead { Fields: null }, MapContent) => whole,
        (MapRead { Fields: { } names }, MapContent map) => map with
        {
            Fields = names.Where(map.Fields.ContainsKey).ToDictionary(name => name, name => map.Fields[name], StringComparer.Ordinal),
        },
        (LogRead question, LogContent log) => log with { Entries = [.. Entries(question, log)] },
        (TailRead question, LogContent log) => Tail(question, log),
        (IndexRead question, IndexContent index) => index with { Members = [.. Members(question, index)] },
        _ => throw new InvalidOperationException($"Unknown read {read.GetType().Name}."),
    };

    public static PageContent Page(PageRead read, IndexContent index, Func<StateKey, StateContent?> document)
    {
        var members = Members(new IndexRead(read.Key, limit: read.Limit, descending: read.Descending, after: read.After), index);
        return new([.. members.Select(member => new PageItem(member, read.DocumentOf(member.Member) is { } key ? (DocumentContent?)document(key) : null))], index.Count) { Expiry = index.Expiry };
    }

    /// <summary>Null when none of the indexes is there.</summary>
    public static IndexContent? Unite(UnionRead read, IReadOnlyList<IndexContent> indexes)
    {
        if (indexes.Count == 0) return null;
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var member in indexes.SelectMany(index => index.Members)) sums[member.Member] = sums.GetValueOrDefault(member.Member) + member.Score;
        return new([.. sums.Select(sum => new IndexMember(sum.Key, sum.Value)).OrderDescending().Take(read.Limit)], sums.Count);
    }

    private static IEnumerable<LogEntry> Entries(LogRead read, LogContent log)
    {
        if (read.Ids?.ToHashSet(StringComparer.Ordinal) is { } ids) return log.Entries.Where(entry => entry.Id is not null && ids.Contains(entry.Id));
        var found = log.Entries.Where(entry => entry.Sequence >= read.First && entry.Sequence <= read.Last);
        return read.FromEnd ? found.TakeLast(read.Limit) : found.Take(read.Limit);
    }

    private static LogContent Tail(TailRead read, LogContent log)
    {
        var isKnown = read.Known.Revision == log.Revision && read.Known.LastSequence <= log.LastSequence;
        LogEntry[] behind = [.. log.Entries.Where(entry => entry.Sequence > read.Known.LastSequence)];
        return isKnown && behind.Length <= read.Limit ? log with { Entries = behind, IsContinuation = true } : log with { Entries = [.. log.Entries.TakeLast(read.Limit)] };
    }

    private static IEnumerable<IndexMember> Members(IndexRead read, IndexContent index)
    {
        if (read.Members?.ToHashSet(StringComparer.Ordinal) is { } names) return index.Members.Where(member => names.Contains(member.Member));
        var found = index.Members.Where(member => member.Score >= read.Minimum && member.Score <= read.Maximum);
        if (read.Descending) found = found.Reverse();
        if (read.After is { } after) found = found.Where(member => read.Descending ? member < after : member > after);
        return found.Take(read.Limit);
    }
}
