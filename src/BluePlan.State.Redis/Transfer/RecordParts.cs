using BluePlan.State.Storage;

namespace BluePlan.State.Redis;

/// <summary>Cuts the content of big keys, so that no record and no command grows without bounds.</summary>
internal static class RecordParts
{
    private const int MostItems = 1_000;
    private const int MostBytes = 1024 * 1024;

    /// <summary>The content in one or more parts, each of which repeats what belongs to the whole key.</summary>
    public static IEnumerable<StateContent> Cut(StateContent content) => content switch
    {
        MapContent map => Cut(map.Fields, static f => f.Key.Length + f.Value.Bytes.Length + 8 * f.Value.Counters.Length, fields => map with { Fields = new Dictionary<string, MapValue>(fields, StringComparer.Ordinal) }),
        LogContent log => Cut(log.Entries, static e => e.Value.Length + (e.Id?.Length ?? 0), entries => log with { Entries = entries }),
        IndexContent index => Cut(index.Members, static m => m.Member.Length, members => index with { Members = members }),
        _ => [content],
    };

    private static IEnumerable<StateContent> Cut<T>(IReadOnlyCollection<T> items, Func<T, int> size, Func<List<T>, StateContent> part)
    {
        var (bytes, slice) = (0, new List<T>(Math.Min(items.Count, MostItems)));
        foreach (var item in items)
        {
            if (slice.Count == MostItems || (slice.Count > 0 && bytes + size(item) > MostBytes))
            {
                yield return part(slice);
                (bytes, slice) = (0, []);
            }
            slice.Add(item);
            bytes += size(item);
        }
        yield return part(slice);
    }
}
