namespace BluePlan.State.Storage;

/// <summary>Puts the records of an import together to whole keys, checks that they fit the store, and copies what they hold.</summary>
internal sealed class ImportAssembler(int partitionCount, TimeProvider time)
{
    private List<StateRecord> _parts = [];
    private HashSet<string>? _ids;
    private long _lastSequence;
    private StateETag _revision;

    /// <summary>Takes a record; answers the key before it, which is complete now, unless it has expired.</summary>
    /// <exception cref="ArgumentException">The record does not fit the store, or continues a key that does not stand before it.</exception>
    public RestoreChange? Add(StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var key = record.Key.Require();
        record.CheckPartitionCount(partitionCount);
        if (record.Continues && (_parts.Count == 0 || _parts[0].Key != key)) throw new ArgumentException($"A record of {key.Type} continues a key that does not stand before it.");
        if (record.Continues && key.Shape is StateShape.Document) throw new ArgumentException("A document comes in one record.");
        var completed = record.Continues ? null : Complete();
        // A reader may know the imported revision together with entries that the import does not have.
        if (!record.Continues) _revision = StateETag.New();
        _parts.Add(record with { Content = Copy(key, record.Content) });
        return completed;
    }

    /// <summary>The last key.</summary>
    public RestoreChange? Complete()
    {
        var parts = _parts;
        (_parts, _ids, _lastSequence) = ([], null, 0);
        if (parts.Count == 0 || parts[0].Content.Expiry.IsExpiredAt(time.GetUtcNow())) return null;
        // A map or index without members is absent.
        if (parts.TrueForAll(static p => p.Content is MapContent { Fields.Count: 0 } or IndexContent { Members.Count: 0 })) return null;
        return new(parts[0].Key, parts, StoredParts.Build(parts, 0));
    }

    private StateContent Copy(StateKey key, StateContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Expiry.Kind is StateExpiryKind.Sliding && key.Shape is not StateShape.Document) throw new ArgumentException($"Only documents slide, a record of {key.Type} is none.");
        var expiry = content.Expiry.Resolve(time.GetUtcNow());
        StateContent copy = (key.Shape, content) switch
        {
            (StateShape.Document, DocumentContent document) => document with { Value = Copy(document.Value) },
            (StateShape.Map, MapContent map) => new MapContent(map.Fields.ToDictionary(static f => StateText.CheckName(f.Key, "record"), static f => Copy(f.Value), StringComparer.Ordinal)),
            (StateShape.Log, LogContent log) => new LogContent([.. log.Entries.Select(Copy)], CheckCount(log.LastSequence), CheckCount(log.Count)) { Revision = _revision },
            (StateShape.Index, IndexContent index) => index with { Count = CheckCount(index.Count), Members = [.. index.Members.Select(static m => new IndexMember(StateText.CheckName(m.Member, "record"), Check(m.Score)))] },
            _ => throw new ArgumentException($"The content of a record of {key.Type} is not of its key's shape, {key.Shape}."),
        };
        return copy with { Expiry = expiry.Kind is StateExpiryKind.Keep ? StateExpiry.Never : expiry };
    }

    private static MapValue Copy(MapValue value) => value.IsCounters ? new(value.Counters.ToArray()) : new(Copy(value.Bytes));

    private static ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> value) =>
        value.Length <= StateLimits.MaximumValueBytes ? value.ToArray() : throw new ArgumentException($"A record holds a value of {value.Length:N0} bytes; at most {StateLimits.MaximumValueBytes:N0} are accepted.");

    private LogEntry Copy(LogEntry entry)
    {
        if (entry.Sequence <= _lastSequence) throw new ArgumentException("The sequences of a log's records begin at 1 and rise.");
        if (entry.Id is not null && !(_ids ??= new(StringComparer.Ordinal)).Add(StateText.CheckName(entry.Id, "record"))) throw new ArgumentException("Two entries of a log's records have the same id.");
        _lastSequence = Check(entry.Sequence);
        return new(entry.Sequence, Copy(entry.Value), entry.Id);
    }

    private static long CheckCount(long number) => number >= 0 ? Check(number) : throw new ArgumentException($"A record holds the number {number}, which counts nothing.");

    private static long Check(long number) =>
        number is >= -StateLimits.MaximumNumber and <= StateLimits.MaximumNumber ? number : throw new ArgumentException($"A record holds the number {number}, which is beyond ±(2^53 − 1).");
}
