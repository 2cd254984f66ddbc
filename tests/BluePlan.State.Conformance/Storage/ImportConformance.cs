using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Import: everything as an export showed it, into any store, while others write.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ImportConformance<THarness> : ExportImportFixture<THarness> where THarness : StateProviderHarness, new()
{
    private readonly THarness _otherHarness = new();

    [TearDown]
    public async Task DisposeOtherHarnessAsync() => await _otherHarness.DisposeAsync();

    [Test]
    public async Task Import_IntoAnotherStore_MakesItEqual([Values] StateImportMode mode)
    {
        var keys = await MakeEverythingAsync();
        var before = await SortedPictureAsync(keys);
        var other = await OtherAsync();
        await other.CommitAsync(new StateCommit(new PutDocument(Document("was there"), Bytes("v"))), CancellationToken.None);

        await other.ImportAsync(Provider.ExportAsync(CancellationToken.None), mode, CancellationToken.None);

        (await SortedPictureAsync(keys, other)).Should().Be(before);
        (await ReadAsync(other, Document("was there")) is null).Should().Be(mode is StateImportMode.Replace);
        var exported = await ExportedStore.OfAsync(other);
        exported.Contents.Remove(Document("was there"));
        exported.Picture().Should().Be(before);
    }

    [Test]
    public async Task Import_IntoAnotherStore_GoesOnWhereTheFirstWas()
    {
        var etag = await WriteAsync(new PutDocument(Document(), Bytes("v"), StateExpiry.Sliding(Ticks(1000), Ticks(5000))), new AppendEntries(Log(), [new(Bytes("a"), "a"), new(Bytes("b"), "b"), new(Bytes("c"), "c")]), new AppendEntries(Log("emptied"), [new(Bytes("a"), "a"), new(Bytes("b"))]), new IncrementFields(Map(), [By("n", 5)]));
        await CommitAsync(new RemoveEntries(Log(), [new(2, 3)]), new RemoveEntries(Log("emptied"), [new(1, 2)]));
        var cap = (await ReadAsync(Document()))!.Expiry.Cap;
        var other = await OtherAsync();
        await other.ImportAsync(Provider.ExportAsync(CancellationToken.None), StateImportMode.Merge, CancellationToken.None);

        var results = (await other.CommitAsync(
            new StateCommit(
                new PutDocument(Document(), Bytes("w"), StateExpiry.Keep, StateCondition.IfMatch(etag)), new AppendEntries(Log(), [new(default), new(default, "b")]), new AppendEntries(Log("emptied"), [new(default, "a")]),
                new IncrementFields(Map(), [By("n", 1)], returnValues: true)),
            CancellationToken.None)).Results;

        results.Select(StatePicture.Of).Should().Equal(new OperationResult[] { default, new(Count: 3, Value: 4), new(Count: 1, Value: 3), new(Vectors: [new long[] { 6 }]) }.Select(StatePicture.Of));
        (await other.CommitAsync(new StateCommit(new AppendEntries(Log(), [new(default, "a")])), CancellationToken.None)).Conflict.Should().NotBeNull("its id came along");
        (await other.ReadAsync(new DocumentRead(Document(), StateExpiry.Keep)))!.Expiry.Cap.Should().Be(cap);
    }

    [Test]
    public async Task Import_Parts_ArePutTogether()
    {
        var expiry = StateExpiry.At(new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await CommitAsync(new SetFields(Map(), [Field("old", "gone"), Field("a", "old")]), new SetScores(Index(), [new("old", 1)]), new AppendEntries(Log(), [new(Bytes("old"))]));
        await ImportAsync(
            StateImportMode.Merge,
            new(Map(), new MapContent(Fields("a", "1")) { Expiry = expiry }), new(Map(), new MapContent(Fields("b", "2")) { Expiry = expiry }, Continues: true), new(Map(), new MapContent(Fields("c", "3")) { Expiry = expiry }, Continues: true),
            new(Log(), new LogContent([new(1, Bytes("a"), "a")], 9, 1)), new(Log(), new LogContent([new(5, Bytes("e"))], 9, 1), Continues: true),
            new(Index(), new IndexContent([new("a", 1)], 1)), new(Index(), new IndexContent([new("b", 2)], 1), Continues: true),
            new(Document(), new DocumentContent(Bytes("d"), StateETag.Parse("000000000000000000000000000000ff"))));

        StatePicture.Of(await ReadAsync(Map())).Should().Be(StatePicture.Of(new MapContent(new Dictionary<string, MapValue>([.. Fields("a", "1"), .. Fields("b", "2"), .. Fields("c", "3")])) { Expiry = expiry }));
        StatePicture.Of(await ReadAsync(Log())).Should().Be(StatePicture.Of(new LogContent([new(1, Bytes("a"), "a"), new(5, Bytes("e"))], 9, 2)));
        StatePicture.Of(await ReadAsync(Index())).Should().Be(StatePicture.Of(new IndexContent([new("a", 1), new("b", 2)], 2)));
        (await ReadAsync(new DocumentRead(Document())))!.ETag.ToString().Should().Be("000000000000000000000000000000ff");
    }

    [Test]
    public async Task Import_Merge_ReplacesKeysWholeAndLeavesTheOthers()
    {
        await CommitAsync(
            new PutDocument(Document(), Bytes("old"), StateExpiry.After(Ticks(1000))), new PutDocument(Document("other"), Bytes("stays")), new SetFields(Map(), [Field("old", "v")]), new ExpireKey(Map(), StateExpiry.After(Ticks(1000))), new SetScores(Index(), [new("old", 1)]));
        await ImportAsync(
            StateImportMode.Merge,
            new(Document(), new DocumentContent(Bytes("new"), StateETag.New())), new(Map(), new MapContent(Fields("new", "v"))), new(Index(), new IndexContent([new("new", 2)], 1)));

        var document = (await ReadAsync(new DocumentRead(Document())))!;
        (Text(document.Value), document.Expiry).Should().Be(("new", StateExpiry.Never));
        StatePicture.Of(await ReadAsync(Map())).Should().Be(StatePicture.Of(new MapContent(Fields("new", "v"))), "neither an old field nor the old expiry stays");
        (await ReadAsync(new IndexRead(Index())))!.Members.Should().Equal(new IndexMember("new", 2));
        Text((await ReadAsync(new DocumentRead(Document("other"))))!.Value).Should().Be("stays");
    }

    [Test]
    public async Task Import_Replace_LeavesNothingElse()
    {
        var keys = await MakeEverythingAsync();
        await ImportAsync(StateImportMode.Replace, new StateRecord(Document("only"), new DocumentContent(Bytes("v"), StateETag.New())));

        (await ExportedStore.OfAsync(Provider)).Contents.Keys.Should().Equal(Document("only"));
        (await PictureAsync(keys)).Split('\n').Should().OnlyContain(static line => line.EndsWith(": absent", StringComparison.Ordinal));
    }

    [Test]
    public async Task Import_Nothing_ChangesNothingOrEmptiesTheStore()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("v")));

        await ImportAsync(StateImportMode.Merge);
        (await ReadAsync(Document())).Should().NotBeNull();
        await ImportAsync(StateImportMode.Replace);
        (await ReadAsync(Document())).Should().BeNull();
    }

    [Test]
    public async Task Import_Log_MovesItsSequenceForwardNeverBack([Values] StateImportMode mode)
    {
        await CommitAsync(new AppendEntries(Log("ahead"), [.. Enumerable.Range(0, 10).Select(static _ => new LogAppend(default))]), new AppendEntries(Log("behind"), [new(default)]), new AppendEntries(Log("deleted"), [new(default), new(default)]));
        await CommitAsync(new DeleteKey(Log("deleted")));
        var content = new LogContent([new(2, Bytes("b"), "b"), new(4, Bytes("d"))], 5, 2);
        await ImportAsync(mode, new(Log("ahead"), content), new(Log("behind"), content), new(Log("deleted"), content with { LastSequence = 4 }));

        (await PictureAsync([Log("ahead"), Log("behind"), Log("deleted")])).Should().Be(string.Join('\n',
            $"{StatePicture.Of(Log("ahead"))}: {StatePicture.Of(content with { LastSequence = 10 })}", $"{StatePicture.Of(Log("behind"))}: {StatePicture.Of(content)}", $"{StatePicture.Of(Log("deleted"))}: {StatePicture.Of(content with { LastSequence = 4 })}"));
        (await CommitAsync(new AppendEntries(Log("ahead"), [new(default)]), new AppendEntries(Log("behind"), [new(default)]), new AppendEntries(Log("deleted"), [new(default)]))).Select(static result => result.Value).Should().Equal(11, 6, 5);
    }

    [Test]
    public async Task Import_LogThatHadExpired_BeginsWhereTheImportIs([Values] StateImportMode mode)
    {
        await CommitAsync(new AppendEntries(Log(), [.. Enumerable.Range(0, 10).Select(static _ => new LogAppend(default))]), new ExpireKey(Log(), StateExpiry.After(Ticks(2))));
        await Harness.AdvanceAsync(Ticks(3.5));
        await ImportAsync(mode, new StateRecord(Log(), new LogContent([new(2, Bytes("b"))], 5, 1)));

        (await CommitAsync(new AppendEntries(Log(), [new(default)])))[0].Should().Be(new OperationResult(Count: 2, Value: 6), "the log before it lives no more");
    }

    [Test]
    public async Task Import_WhileOthersAppend_GivesNoSequenceTwice([Values] StateImportMode mode)
    {
        const int Writers = 4, Rounds = 50;
        if (mode is StateImportMode.Replace) Needs(StateCapabilities.AtomicReplace);
        var record = new StateRecord(Log(), new LogContent([new(1, Bytes("imported"))], 1, 1));
        await ImportAsync(mode, record);
        using var ending = new CancellationTokenSource();
        var given = new ConcurrentBag<long>();
        var writers = Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (!ending.IsCancellationRequested)
            {
                given.Add((await CommitAsync(new AppendEntries(Log(), [new(default)], keepLast: 5)))[0].Value);
                await Task.Yield();
            }
        })).ToArray();

        try
        {
            for (var round = 0; round < Rounds || (given.Count < Rounds && !writers.Any(static writer => writer.IsCompleted)); round++)
            {
                await ImportAsync(mode, record);
                await Task.Yield();
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(writers);
        }
        given.Distinct().Count().Should().Be(given.Count, "a sequence is never given twice while the log lives");
    }

    [Test]
    public async Task Import_WhatHasExpired_IsLeftOut()
    {
        await CommitAsync(new PutDocument(Document("there"), Bytes("stays")));
        var (past, future) = (StateExpiry.At(Now - Ticks(2)), StateExpiry.At(Now + Ticks(1000)));
        await ImportAsync(
            StateImportMode.Merge,
            new(Document("there"), new DocumentContent(Bytes("expired"), StateETag.New()) { Expiry = past }), new(Document("new"), new DocumentContent(Bytes("expired"), StateETag.New()) { Expiry = past }),
            new(Log(), new LogContent([new(7, default)], 7, 1) { Expiry = past }), new(Map(), new MapContent(Fields("f", "v")) { Expiry = past }), new(Document("alive"), new DocumentContent(default, StateETag.New()) { Expiry = future }));

        Text((await ReadAsync(new DocumentRead(Document("there"))))!.Value).Should().Be("stays", "a record that is left out replaces nothing");
        (await PictureAsync([Document("new"), Log(), Map()])).Split('\n').Should().OnlyContain(static line => line.EndsWith(": absent", StringComparison.Ordinal));
        (await ReadAsync(Document("alive")))!.Expiry.Should().Be(future);
        (await CommitAsync(new AppendEntries(Log(), [new(default)])))[0].Value.Should().Be(1);
    }

    [Test]
    public async Task Import_RecordsThatDoNotFit_AreRefused([Values] StateImportMode mode)
    {
        StateRecord[] bad =
        [
            new(Document(partition: PartitionCount), new DocumentContent(default, StateETag.New())), new(Document(), new MapContent(Fields("f", "v"))), new(Map(), new DocumentContent(default, StateETag.New())),
            new(Log(), new IndexContent([new("m", 1)], 1)), new(Index(), new LogContent([], 1, 0)),
        ];
        foreach (var record in bad)
            await FluentActions.Awaiting(() => ImportAsync(mode, record)).Should().ThrowAsync<ArgumentException>("{0} does not hold {1}", record.Key, record.Content.GetType().Name);

        (await PictureAsync([Document(), Map(), Log(), Index()])).Split('\n').Should().OnlyContain(static line => line.EndsWith(": absent", StringComparison.Ordinal));
    }

    [Test]
    public async Task Import_SourceFails_LetsItsExceptionThrough([Values] StateImportMode mode)
    {
        await FluentActions.Awaiting(() => Provider.ImportAsync(FailingAsync([new(Document("new"), new DocumentContent(default, StateETag.New()))]), mode, CancellationToken.None).AsTask())
            .Should().ThrowAsync<InvalidDataException>();

        (await TryCommitAsync(new PutDocument(Document(), Bytes("v")))).IsCommitted.Should().BeTrue("the store still works");
    }

    [Test]
    public async Task Import_ReplaceFailsInItsMiddle_LeavesTheStoreAsItWas()
    {
        Needs(StateCapabilities.AtomicReplace);
        var keys = await MakeEverythingAsync();
        var before = await SortedPictureAsync(keys);
        StateRecord[] good = [.. Enumerable.Range(0, 2000).Select(static i => new StateRecord(Document($"new {i}", i % PartitionCount), new DocumentContent(Noise(50, i), StateETag.New())))];

        await FluentActions.Awaiting(() => Provider.ImportAsync(FailingAsync(good), StateImportMode.Replace, CancellationToken.None).AsTask()).Should().ThrowAsync<InvalidDataException>();
        await FluentActions.Awaiting(() => ImportAsync(StateImportMode.Replace, [.. good, new(Document(partition: PartitionCount), new DocumentContent(default, StateETag.New()))])).Should().ThrowAsync<ArgumentException>();

        (await ExportedStore.OfAsync(Provider)).Picture().Should().Be(before);
    }

    [Test]
    public async Task Import_MemoryChangedAfterwards_ChangesNothing()
    {
        byte[] bytes = [1, 2, 3];
        long[] counters = [1, 2, 3];
        await ImportAsync(
            StateImportMode.Merge,
            new(Document(), new DocumentContent(bytes, StateETag.New())), new(Map(), new MapContent(new Dictionary<string, MapValue> { ["b"] = new(bytes), ["n"] = new(counters.AsMemory()) })), new(Log(), new LogContent([new(1, bytes)], 1, 1)));
        var before = await PictureAsync([Document(), Map(), Log()]);

        Array.Fill(bytes, (byte)9);
        Array.Fill(counters, 9);

        (await PictureAsync([Document(), Map(), Log()])).Should().Be(before);
        before.Should().Contain("010203");
    }

    [Test]
    public async Task Transfer_BigKeysAndManyKeys_IsWhole()
    {
        await CommitAsync(new SetFields(Map("big"), [.. Enumerable.Range(0, 12_000).Select(static i => Field($"field {i}", i))]));
        await CommitAsync(new AppendEntries(Log("big"), [.. Enumerable.Range(1, 12_000).Select(static i => new LogAppend(Bytes($"entry {i}"), i % 2 == 0 ? $"id {i}" : null))]));
        await CommitAsync(new SetScores(Index("big"), [.. Enumerable.Range(0, 12_000).Select(static i => new IndexMember($"member {i}", i % 100))]));
        await CommitAsync(new PutDocument(Document("big"), Noise(3_000_000)), new ExpireKey(Map("big"), StateExpiry.After(Ticks(1000))));
        for (var partition = 0; partition < PartitionCount; partition++) await CommitAsync([.. Enumerable.Range(0, 1000).Select(i => new PutDocument(Document($"small {i}", partition), Bytes($"{i}")))]);
        var exported = await ExportedStore.OfAsync(Provider);
        exported.Contents.Should().HaveCount(4004);
        exported.Picture().Should().Be(await SortedPictureAsync(exported.Contents.Keys));
        var other = await OtherAsync();

        await other.ImportAsync(Provider.ExportAsync(CancellationToken.None), StateImportMode.Replace, CancellationToken.None);

        (await SortedPictureAsync(exported.Contents.Keys, other)).Should().Be(exported.Picture());
    }

    [Test]
    public async Task Import_OfAStoreWithAnotherPartitionCount_IsRefusedBeforeAnythingWasWritten([Values] StateImportMode mode, [Values(PartitionCount / 2, PartitionCount * 2)] int count)
    {
        await CommitAsync(new PutDocument(Document("was there"), Bytes("v")));
        var other = await OtherAsync(count);
        // Every record fits by its own partition; only its owners would be looked for elsewhere.
        for (var partition = 0; partition < 2; partition++)
            await other.CommitAsync(new(new PutDocument(Document("document", partition), Bytes("v")), new SetFields(Map("map", partition), [Field("f", "v")]), new AppendEntries(Log("log", partition), [new(Bytes("v"))])), CancellationToken.None);

        var thrown = (await FluentActions.Awaiting(() => Provider.ImportAsync(other.ExportAsync(CancellationToken.None), mode, CancellationToken.None).AsTask()).Should().ThrowAsync<ArgumentException>()).Which;

        thrown.Message.Should().Contain($"{PartitionCount}").And.Contain($"{count} partitions");
        (await ExportedStore.OfAsync(Provider)).Contents.Keys.Should().Equal(Document("was there"));
    }

    private static Dictionary<string, MapValue> Fields(string name, string value) => new() { [name] = new(Bytes(value)) };

    private async Task<IStateProvider> OtherAsync(int partitionCount = PartitionCount)
    {
        var other = await _otherHarness.CreateAsync();
        await other.OpenAsync(partitionCount, CancellationToken.None);
        if (Harness.TimeStandsStill && Harness.Time.GetUtcNow() > _otherHarness.Time.GetUtcNow()) await _otherHarness.AdvanceAsync(Harness.Time.GetUtcNow() - _otherHarness.Time.GetUtcNow());
        return other;
    }

    private async Task ImportAsync(StateImportMode mode, params StateRecord[] records) => await Provider.ImportAsync(records.ToAsyncEnumerable(), mode, CancellationToken.None);

    private static async IAsyncEnumerable<StateRecord> FailingAsync(StateRecord[] records, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
            await Task.Yield();
        }
        throw new InvalidDataException("The source ends here.");
    }
}
