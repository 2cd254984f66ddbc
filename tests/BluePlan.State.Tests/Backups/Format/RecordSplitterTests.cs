using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class RecordSplitterTests
{
    private static readonly StateExpiry Expiry = StateExpiry.At(new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static IEnumerable<StateRecord> Big =>
    [
        new(new(0, StateShape.Map, "t", "id"), new MapContent(Enumerable.Range(0, 100).ToDictionary(i => $"field {i}", i => new MapValue(new byte[100]))) { Expiry = Expiry }),
        new(new(0, StateShape.Log, "t", "id"), new LogContent([.. Enumerable.Range(1, 100).Select(i => new LogEntry(i, new byte[100], $"id {i}"))], 200, 100) { Expiry = Expiry }),
        new(new(0, StateShape.Index, "t", "id"), new IndexContent([.. Enumerable.Range(0, 100).Select(i => new IndexMember($"member {i} of these", i))], 100) { Expiry = Expiry }),
    ];

    [TestCaseSource(nameof(Big))]
    public void Split_BigKey_KeepsEverythingInSmallParts(StateRecord record)
    {
        var parts = RecordSplitter.Split(record, 1_000).ToArray();

        parts.Should().HaveCountGreaterThan(5);
        parts.Select(p => p.Continues).Should().Equal(parts.Select((_, i) => i > 0));
        parts.Should().OnlyContain(p => RecordSplitter.SizeOf(p) < 1_200 && p.Key == record.Key && p.Content.Expiry == Expiry);
        var (whole, cut) = (new BackupCount(1), new BackupCount(1));
        whole.Add(record);
        foreach (var part in parts) cut.Add(part);
        cut.PartitionHashes.Should().Equal(whole.PartitionHashes);
        cut.Keys.Should().Be(1);
    }

    [TestCaseSource(nameof(Big))]
    public void Split_FurtherPart_GoesOnContinuing(StateRecord record) =>
        RecordSplitter.Split(record with { Continues = true }, 1_000).Should().OnlyContain(p => p.Continues);

    [TestCaseSource(nameof(Big))]
    public void Split_SmallEnough_IsTheRecordItself(StateRecord record) =>
        RecordSplitter.Split(record, 1_000_000).Should().ContainSingle().Which.Should().BeSameAs(record);

    [Test]
    public void Split_OneItemLargerThanAPart_StandsAlone()
    {
        var record = new StateRecord(new(0, StateShape.Map, "t", "id"), new MapContent(new Dictionary<string, MapValue> { ["small"] = new(new byte[10]), ["big"] = new(new byte[5_000]), ["other"] = new(new byte[10]) }));

        RecordSplitter.Split(record, 1_000).Select(p => string.Join(',', ((MapContent)p.Content).Fields.Keys)).Should().BeEquivalentTo("small", "big", "other");
    }

    [Test]
    public void Split_EmptyLogAndBigDocument_AreTheirOnlyPart()
    {
        var log = new StateRecord(new(0, StateShape.Log, "t", "id"), new LogContent([], 7, 0));
        var document = new StateRecord(new(0, StateShape.Document, "t", "id"), new DocumentContent(new byte[5_000], StateETag.New()));

        RecordSplitter.Split(log, 10).Should().Equal(log);
        RecordSplitter.Split(document, 10).Should().Equal(document);
    }
}
