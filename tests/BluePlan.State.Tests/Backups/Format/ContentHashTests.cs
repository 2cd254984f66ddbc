using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class ContentHashTests
{
    private static readonly StateKey Document = new(0, StateShape.Document, "t", "id");
    private static readonly StateKey Map = new(0, StateShape.Map, "t", "id");
    private static readonly StateKey Log = new(0, StateShape.Log, "t", "id");
    private static readonly StateKey Index = new(0, StateShape.Index, "t", "id");
    private static readonly StateETag Tag = StateETag.Parse("000102030405060708090a0b0c0d0e0f");
    private static readonly DateTimeOffset Instant = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Stored in manifests, so frozen.</summary>
    [Test]
    public void ToList_OneOfEverything_IsFrozen()
    {
        Of(1, new StateRecord(Document, new DocumentContent("v"u8.ToArray(), Tag) { Expiry = StateExpiry.Resolved(TimeSpan.FromHours(1), Instant, Instant.AddDays(1)) })).Should().Equal("b8dd29067bcb60e8b159f88d081a96fb");
        Of(1, new StateRecord(Map, new MapContent(new Dictionary<string, MapValue> { ["b"] = new("v"u8.ToArray()), ["c"] = new(new long[] { 1, -2 }) }))).Should().Equal("a3744e6b6a583502553e94ecbd6f1e66");
        Of(1, new StateRecord(Log, new LogContent([new(2, "v"u8.ToArray(), "id"), new(5, default)], 9, 2) { Expiry = StateExpiry.At(Instant) })).Should().Equal("f5599473da133d535981ba9d78996892");
        Of(1, new StateRecord(Index, new IndexContent([new("安", -3), new("b", 4)], 2))).Should().Equal("66c4b9fbbe46824650399f18f40f0fbf");
        Of(2).Should().Equal(new string('0', 32), new string('0', 32));
    }

    [Test]
    public void Add_OtherOrderOrOtherParts_IsTheSame()
    {
        var whole = Of(
            2,
            new(Map, new MapContent(new Dictionary<string, MapValue> { ["a"] = new("1"u8.ToArray()), ["b"] = new("2"u8.ToArray()) })),
            new(Index, new IndexContent([new("a", 1), new("b", 2)], 2)),
            new(Log, new LogContent([new(1, "1"u8.ToArray()), new(2, "2"u8.ToArray())], 2, 2)));

        var parts = Of(
            2,
            new(Log, new LogContent([new(1, "1"u8.ToArray())], 2, 1)), new(Log, new LogContent([new(2, "2"u8.ToArray())], 2, 1), Continues: true),
            new(Index, new IndexContent([new("b", 2)], 2)), new(Index, new IndexContent([new("a", 1)], 2), Continues: true),
            new(Map, new MapContent(new Dictionary<string, MapValue> { ["b"] = new("2"u8.ToArray()) })), new(Map, new MapContent(new Dictionary<string, MapValue> { ["a"] = new("1"u8.ToArray()) }), Continues: true));

        parts.Should().Equal(whole);
    }

    [Test]
    public void Add_AnythingElse_IsAnother()
    {
        StateRecord[] all =
        [
            new(Document, new DocumentContent("v"u8.ToArray(), Tag)), new(Document, new DocumentContent("w"u8.ToArray(), Tag)), new(Document, new DocumentContent("v"u8.ToArray(), StateETag.New())), new(Document, new DocumentContent(default, Tag)),
            new(Document, new DocumentContent("v"u8.ToArray(), Tag) { Expiry = StateExpiry.At(Instant) }), new(Document, new DocumentContent("v"u8.ToArray(), Tag) { Expiry = StateExpiry.At(Instant.AddMilliseconds(1)) }),
            new(Document, new DocumentContent("v"u8.ToArray(), Tag) { Expiry = StateExpiry.Resolved(TimeSpan.FromHours(1), Instant, null) }), new(Document, new DocumentContent("v"u8.ToArray(), Tag) { Expiry = StateExpiry.Resolved(TimeSpan.FromHours(2), Instant, null) }),
            new(Document, new DocumentContent("v"u8.ToArray(), Tag) { Expiry = StateExpiry.Resolved(TimeSpan.FromHours(1), Instant, Instant) }),
            new(new(0, StateShape.Document, "t", "id2"), new DocumentContent("v"u8.ToArray(), Tag)), new(new(0, StateShape.Document, "u", "id"), new DocumentContent("v"u8.ToArray(), Tag)),
            new(Log, new LogContent([], 1, 0)), new(Log, new LogContent([], 2, 0)), new(Log, new LogContent([new(1, default)], 2, 1)), new(Log, new LogContent([new(2, default)], 2, 1)), new(Log, new LogContent([new(2, default, "id")], 2, 1)), new(Log, new LogContent([new(2, "v"u8.ToArray())], 2, 1)),
            new(Map, new MapContent(new Dictionary<string, MapValue> { ["a"] = default })), new(Map, new MapContent(new Dictionary<string, MapValue> { ["b"] = default })), new(Map, new MapContent(new Dictionary<string, MapValue> { ["a"] = new(new long[] { 0 }) })),
            new(Map, new MapContent(new Dictionary<string, MapValue> { ["a"] = new(new long[] { 0, 0 }) })), new(Map, new MapContent(new Dictionary<string, MapValue> { ["a"] = new(new byte[8]) })),
            new(Index, new IndexContent([new("a", 1)], 1)), new(Index, new IndexContent([new("a", 2)], 1)), new(Index, new IndexContent([new("b", 1)], 1)), new(Index, new IndexContent([new("a", 1), new("b", 1)], 2)),
        ];

        all.Select(record => Of(1, record)[0]).Should().OnlyHaveUniqueItems();
        Of(2, all[0]).Should().NotEqual(Of(2, new StateRecord(new(1, StateShape.Document, "t", "id"), all[0].Content)), "it is another partition's");
        Of(1, all[22], all[22])[0].Should().NotBe(Of(1)[0], "twice the same is not nothing");
    }

    private static IReadOnlyList<string> Of(int partitions, params StateRecord[] records)
    {
        var hash = new ContentHash(partitions);
        foreach (var record in records) hash.Add(record);
        return hash.ToList();
    }
}
