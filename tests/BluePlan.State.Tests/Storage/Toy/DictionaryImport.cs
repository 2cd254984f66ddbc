using System.Collections.Immutable;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>Puts the records of an import together, the parts of a big key too, as copies.</summary>
internal sealed class DictionaryImport(int partitionCount)
{
    private StateKey _last;

    public Dictionary<StateKey, StateContent> Contents { get; } = [];

    public void Add(StateRecord record)
    {
        var key = record.Key;
        record.CheckPartitionCount(partitionCount);
        if (record.Continues && _last != key) throw new ArgumentException($"{key} goes on without having begun.");
        _last = key;
        var before = record.Continues ? Contents[key] : null;
        Contents[key] = (key.Shape, record.Content, before) switch
        {
            (StateShape.Document, DocumentContent document, null) => document with { Value = document.Value.ToArray() },
            (StateShape.Map, MapContent map, _) => map with { Fields = Fields(before as MapContent).AddRange(map.Fields.Select(field => KeyValuePair.Create(field.Key, Copy(field.Value)))) },
            (StateShape.Log, LogContent log, _) => Whole(log with { Entries = [.. (before as LogContent)?.Entries ?? [], .. log.Entries.Select(entry => entry with { Value = entry.Value.ToArray() })] }),
            (StateShape.Index, IndexContent index, _) => Whole(index with { Members = [.. ((before as IndexContent)?.Members ?? []).Concat(index.Members).Order()] }),
            _ => throw new ArgumentException($"{record.Content.GetType().Name} is not what {key} holds."),
        };
    }

    private static ImmutableDictionary<string, MapValue> Fields(MapContent? before) =>
        before is null ? ImmutableDictionary.Create<string, MapValue>(StringComparer.Ordinal) : (ImmutableDictionary<string, MapValue>)before.Fields;

    private static LogContent Whole(LogContent log) => log with { Count = log.Entries.Count };

    private static IndexContent Whole(IndexContent index) => index with { Count = index.Members.Count };

    private static MapValue Copy(MapValue value) => value.IsCounters ? new(value.Counters.ToArray().AsMemory()) : new(value.Bytes.ToArray());
}
