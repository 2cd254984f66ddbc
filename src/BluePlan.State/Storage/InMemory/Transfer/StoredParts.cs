namespace BluePlan.State.Storage;

/// <summary>Turns what the engine stores into records, cut so that none is huge, and records into what it stores.</summary>
internal static class StoredParts
{
    private const int MaximumItems = 1024;
    private const int MaximumBytes = 256 * 1024;

    /// <summary>The records of one key. What is stored must not change meanwhile: it is a document, or was taken from a snapshot.</summary>
    /// <param name="partition">The partition of the key.</param>
    /// <param name="node">The key.</param>
    /// <param name="partitionCount">What the records say of their store; 0 = nothing, where it says so itself.</param>
    public static IEnumerable<StateRecord> Of(int partition, KeyNode node, int partitionCount = 0) =>
        Of(node.Key(partition), node.Content is DocumentContent ? node.Document : node.Content, partitionCount);

    /// <inheritdoc cref="Of(int, KeyNode, int)"/>
    public static IEnumerable<StateRecord> Of(StateKey key, object content, int partitionCount = 0) => content switch
    {
        DocumentContent document => [new(key, document) { PartitionCount = partitionCount }],
        StoredMap map => Cut(map.Fields.View.All(), SizeOf).Select((part, i) => new StateRecord(key, new MapContent(Dictionary(part)) { Expiry = map.Expiry }, i > 0) { PartitionCount = partitionCount }),
        StoredLog log => Cut(log.Entries.View.All(), SizeOf).Select((part, i) => new StateRecord(key, new LogContent(part, log.LastSequence, log.Entries.Count) { Expiry = log.Expiry, Revision = log.Revision }, i > 0) { PartitionCount = partitionCount }),
        StoredIndex index => Cut(index.Members.View.All(), SizeOf).Select((part, i) => new StateRecord(key, new IndexContent(part, index.Members.Count) { Expiry = index.Expiry }, i > 0) { PartitionCount = partitionCount }),
        _ => throw new InvalidOperationException($"Unknown content {content.GetType().Name}."),
    };

    /// <summary>What the engine stores for the records of one key. The records' memory is kept.</summary>
    public static object Build(IReadOnlyList<StateRecord> parts, int epoch)
    {
        switch (parts[0].Content)
        {
            case DocumentContent document:
                return document;
            case MapContent first:
                var map = new StoredMap(epoch) { Expiry = first.Expiry };
                foreach (var part in parts)
                    foreach (var (name, value) in ((MapContent)part.Content).Fields) map.Fields.Set(new(name, value));
                return map;
            case LogContent first:
                var log = new StoredLog(epoch) { Expiry = first.Expiry, Revision = first.Revision };
                foreach (var part in parts)
                {
                    foreach (var entry in ((LogContent)part.Content).Entries) log.Append(entry);
                    log.LastSequence = Math.Max(log.LastSequence, ((LogContent)part.Content).LastSequence);
                }
                return log;
            default:
                var index = new StoredIndex(epoch) { Expiry = parts[0].Content.Expiry };
                foreach (var part in parts)
                    foreach (var member in ((IndexContent)part.Content).Members) index.Set(member);
                return index;
        }
    }

    private static Dictionary<string, MapValue> Dictionary(List<MapField> fields) => fields.ToDictionary(static f => f.Name, static f => f.Value, StringComparer.Ordinal);

    private static int SizeOf(MapField field) => field.Name.Length + field.Value.Bytes.Length + 8 * field.Value.Counters.Length;

    private static int SizeOf(LogEntry entry) => entry.Value.Length + (entry.Id?.Length ?? 0);

    private static int SizeOf(IndexMember member) => member.Member.Length;

    /// <summary>At least one part, perhaps an empty one.</summary>
    private static IEnumerable<List<T>> Cut<T>(IEnumerable<T> items, Func<T, int> size)
    {
        var (part, bytes) = (new List<T>(), 0);
        foreach (var item in items)
        {
            if (part.Count == MaximumItems || (part.Count > 0 && bytes + size(item) > MaximumBytes))
            {
                yield return part;
                (part, bytes) = ([], 0);
            }
            part.Add(item);
            bytes += size(item);
        }
        yield return part;
    }
}
