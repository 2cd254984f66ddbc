using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>Records of every shape and expiry, for the codecs' tests.</summary>
internal static class StateRecordSamples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly StateETag Tag = StateETag.Parse("00112233445566778899aabbccddeeff");

    public static IEnumerable<StateRecord> All()
    {
        yield return new(Key(StateShape.Document, "plain"), new DocumentContent(Bytes("{}"), Tag));
        yield return new(Key(StateShape.Document, "empty"), new DocumentContent(default, Tag) { Expiry = StateExpiry.At(Now) });
        yield return new(Key(StateShape.Document, "sliding"), new DocumentContent(Bytes("x"), Tag) { Expiry = StateExpiry.Sliding(TimeSpan.FromMinutes(5)).Resolve(Now) });
        yield return new(Key(StateShape.Document, "capped"), new DocumentContent(Bytes("x"), Tag) { Expiry = StateExpiry.Sliding(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)).Resolve(Now) });
        yield return new(Key(StateShape.Document, "past"), new DocumentContent(Bytes("x"), Tag) { Expiry = StateExpiry.At(DateTimeOffset.MinValue) });
        yield return new(Key(StateShape.Document, "future"), new DocumentContent(Bytes("x"), Tag) { Expiry = StateExpiry.At(DateTimeOffset.MaxValue) });
        yield return new(Key(StateShape.Document, "a/b %{}*\n\0 \U0001F600 中文"), new DocumentContent(new byte[70_000], Tag));
        yield return new(new(StateLimits.MaximumPartitions - 1, StateShape.Map, new string('t', StateLimits.MaximumTypeLength), new string('i', StateLimits.MaximumNameBytes)), new MapContent(new Dictionary<string, MapValue>
        {
            ["bytes"] = new(Bytes("value")),
            ["none"] = new(ReadOnlyMemory<byte>.Empty),
            ["counters"] = new(new long[] { 0, 1, -1, StateLimits.MaximumNumber, -StateLimits.MaximumNumber }),
        }));
        yield return new(Key(StateShape.Log, "log"), new LogContent([new(1, Bytes("one")), new(7, default, "seven"), new(StateLimits.MaximumNumber, Bytes("last"), "ende")], StateLimits.MaximumNumber, 3) { Expiry = StateExpiry.At(Now) });
        yield return new(Key(StateShape.Log, "emptied"), new LogContent([], 12, 0));
        yield return new(Key(StateShape.Log, "revised"), new LogContent([new(1, Bytes("one")), new(7, default, "seven")], 7, 2) { Expiry = StateExpiry.At(Now), Revision = Tag });
        yield return new(Key(StateShape.Index, "index"), new IndexContent([new("a", -5), new("ü", 0), new("z", StateLimits.MaximumNumber)], 5_000));
        yield return new(Key(StateShape.Index, "index"), new IndexContent([new("zz", StateLimits.MaximumNumber)], 5_000), Continues: true);
    }

    /// <summary>Everything that a record says, as text to compare.</summary>
    public static string Picture(StateRecord record) => $"{record.Key.Partition}/{record.Key.Shape}/{record.Key.Type}/{record.Key.Id} {record.Continues} {record.Content.Expiry} {Picture(record.Content)}";

    public static string Picture(StateContent content) => content switch
    {
        DocumentContent document => $"{document.ETag} {Hex(document.Value)}",
        MapContent map => string.Join(' ', map.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={Picture(f.Value)}")),
        LogContent log => $"{(log.Revision.IsEmpty ? "" : $"{log.Revision} ")}{log.LastSequence} {log.Count} {string.Join(' ', log.Entries.Select(Picture))}",
        IndexContent index => $"{index.Count} {string.Join(' ', index.Members.Select(static m => $"IndexMember {{ Member = {m.Member}, Score = {m.Score} }}"))}",
        _ => throw new InvalidOperationException(),
    };

    public static string Picture(LogEntry entry) => $"{entry.Sequence}:{entry.Id ?? "none"}:{Hex(entry.Value)}";

    public static string Picture(MapValue value) => value.IsCounters ? string.Join(',', value.Counters.ToArray()) : Hex(value.Bytes);

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private static StateKey Key(StateShape shape, string id) => new(7, shape, "sample", id);

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
