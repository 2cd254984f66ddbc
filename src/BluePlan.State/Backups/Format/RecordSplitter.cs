using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Cuts the record of a big map, log or index into parts, so that one key of any size passes through chunks of bounded size.</summary>
internal static class RecordSplitter
{
    private const int PerItem = 32;

    /// <summary>The parts, the first continuing what the record continues; a record that is small enough, and every document, is its only part.</summary>
    /// <param name="record">The record.</param>
    /// <param name="partBytes">About how many bytes a part may take; one item may take more.</param>
    public static IEnumerable<StateRecord> Split(StateRecord record, int partBytes) => record.Content switch
    {
        MapContent map when map.Fields.Count > 1 =>
            Parts(record, map.Fields, SizeOf, fields => map with { Fields = new Dictionary<string, MapValue>(fields, StringComparer.Ordinal) }, partBytes),
        LogContent log when log.Entries.Count > 1 =>
            Parts(record, log.Entries, SizeOf, entries => log with { Entries = entries }, partBytes),
        IndexContent index when index.Members.Count > 1 =>
            Parts(record, index.Members, SizeOf, members => index with { Members = members }, partBytes),
        _ => [record],
    };

    /// <summary>How many items a part has at most.</summary>
    public static int MostItems(int partBytes) => partBytes / PerItem;

    /// <summary>About how many bytes a record takes.</summary>
    public static long SizeOf(StateRecord record) => PerItem + Size(record.Key.Id) + record.Content switch
    {
        DocumentContent document => document.Value.Length,
        MapContent map => map.Fields.Sum(static field => (long)SizeOf(field)),
        LogContent log => log.Entries.Sum(static entry => (long)SizeOf(entry)),
        IndexContent index => index.Members.Sum(static member => (long)SizeOf(member)),
        _ => 0,
    };

    private static IEnumerable<StateRecord> Parts<T>(StateRecord record, IReadOnlyCollection<T> items, Func<T, int> size, Func<List<T>, StateContent> content, int partBytes)
    {
        if (items.Sum(item => (long)size(item)) <= partBytes)
        {
            yield return record;
            yield break;
        }

        var (part, bytes, continues) = (new List<T>(), 0L, record.Continues);
        foreach (var item in items)
        {
            if (part.Count > 0 && bytes + size(item) > partBytes)
            {
                yield return record with { Content = content(part), Continues = continues };
                (part, bytes, continues) = ([], 0, true);
            }
            part.Add(item);
            bytes += size(item);
        }
        yield return record with { Content = content(part), Continues = continues };
    }

    private static int SizeOf(KeyValuePair<string, MapValue> field) => PerItem + Size(field.Key) + field.Value.Bytes.Length + sizeof(long) * field.Value.Counters.Length;

    private static int SizeOf(LogEntry entry) => PerItem + Size(entry.Id) + entry.Value.Length;

    private static int SizeOf(IndexMember member) => PerItem + Size(member.Member);

    private static int Size(string? text) => 3 * (text?.Length ?? 0);
}
