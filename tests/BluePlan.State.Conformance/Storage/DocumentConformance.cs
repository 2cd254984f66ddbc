using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Documents: bytes with an ETag, and the conditions on them.</summary>
public abstract class DocumentConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Read_NeverWritten_IsNull() => (await ReadAsync(Document())).Should().BeNull();

    [Test]
    public async Task Put_New_IsReadBackWithItsETag()
    {
        var commit = new StateCommit(new PutDocument(Document(), Bytes("value")));

        var results = await CommitAsync(commit);

        results[0].Should().Be(default(OperationResult));
        var content = await ReadAsync(new DocumentRead(Document()));
        Text(content!.Value).Should().Be("value");
        content.ETag.Should().Be(commit.ETag);
        content.Expiry.Should().Be(StateExpiry.Never);
    }

    [Test]
    public async Task Put_Again_ReplacesValueAndETagAlsoWhenBytesAreEqual()
    {
        var put = new PutDocument(Document(), Bytes("short"));
        await CommitAsync(new PutDocument(Document(), Bytes("longer value")));
        var second = await WriteAsync(put);
        (await ReadAsync(new DocumentRead(Document())))!.ETag.Should().Be(second);

        var third = await WriteAsync(put);

        var content = await ReadAsync(new DocumentRead(Document()));
        Text(content!.Value).Should().Be("short");
        content.ETag.Should().Be(third).And.NotBe(second);
    }

    [Test]
    public async Task Put_Several_ReceiveTheTagOfTheirCommit()
    {
        var before = await WriteAsync(new PutDocument(Document("kept"), Bytes("v")));

        var etag = await WriteAsync(new PutDocument(Document("a"), Bytes("v")), new SetFields(Map(), [Field("f", "v")]), new PutDocument(Document("b"), default));

        foreach (var id in new[] { "a", "b" }) (await ReadAsync(new DocumentRead(Document(id))))!.ETag.Should().Be(etag);
        (await ReadAsync(new DocumentRead(Document("kept"))))!.ETag.Should().Be(before).And.NotBe(etag);
    }

    [Test]
    public async Task Put_CommitWithMoreOperations_ReceivesTheTagOfTheFirst()
    {
        var commit = new StateCommit(new PutDocument(Document(), Bytes("v")), new SetScores(Index(), [new("m", 1)]));
        var more = commit.Append(new PutDocument(Document("behind"), Bytes("w"))).Prepend(new DeleteKey(Map()), new CheckKey(Log(), StateCondition.IfAbsent));

        await CommitAsync(more);

        foreach (var id in new[] { "one", "behind" }) (await ReadAsync(new DocumentRead(Document(id))))!.ETag.Should().Be(commit.ETag);
    }

    [Test]
    public async Task Import_AnyETag_IsKeptBitByBit()
    {
        Needs(StateCapabilities.Import);
        foreach (var text in new[] { "00000000000000000000000000000001", "ffffffffffffffffffffffffffffffff", "80000000000000000000000000000000", "0000000a0d00220027005c0025007b00" })
        {
            StateRecord record = new(Document(), new DocumentContent(Bytes("v"), StateETag.Parse(text)));
            await Provider.ImportAsync(new[] { record }.ToAsyncEnumerable(), StateImportMode.Merge, CancellationToken.None);

            (await ReadAsync(new DocumentRead(Document())))!.ETag.ToString().Should().Be(text);
        }
    }

    [Test]
    public async Task Put_Empty_IsThereWithoutBytes()
    {
        await CommitAsync(new PutDocument(Document(), default));

        (await ReadAsync(new DocumentRead(Document())))!.Value.Length.Should().Be(0);
    }

    [Test]
    public async Task Put_EveryByte_IsReadBack()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(static b => (byte)b)];
        await CommitAsync(new PutDocument(Document(), all));

        (await ReadAsync(new DocumentRead(Document())))!.Value.ToArray().Should().Equal(all);
    }

    [Test]
    public async Task Read_HeadOnly_AnswersETagAndExpiryWithoutBytes()
    {
        var etag = await WriteAsync(new PutDocument(Document(), Bytes("value"), StateExpiry.After(Ticks(1000))));

        var head = await ReadAsync(new DocumentRead(Document(), headOnly: true));

        head!.Value.Length.Should().Be(0);
        head.ETag.Should().Be(etag);
        head.Expiry.Should().Be((await ReadAsync(Document()))!.Expiry).And.NotBe(StateExpiry.Never);
        (await ReadAsync(new DocumentRead(Document("absent"), headOnly: true))).Should().BeNull();
    }

    [TestCase(StateConditionKind.None, false, true)]
    [TestCase(StateConditionKind.None, true, true)]
    [TestCase(StateConditionKind.IfAbsent, false, true)]
    [TestCase(StateConditionKind.IfAbsent, true, false)]
    [TestCase(StateConditionKind.IfExists, false, false)]
    [TestCase(StateConditionKind.IfExists, true, true)]
    [TestCase(StateConditionKind.IfMatch, false, false)]
    [TestCase(StateConditionKind.IfMatch, true, true)]
    public async Task Put_Condition_DecidesWhetherItHappens(StateConditionKind kind, bool exists, bool happens)
    {
        var there = exists ? await WriteAsync(new PutDocument(Document(), Bytes("old"))) : StateETag.New();
        var before = await ReadAsync(Document());
        var commit = new StateCommit(new PutDocument(Document(), Bytes("new"), condition: Condition(kind, there)));

        var result = await Provider.CommitAsync(commit, CancellationToken.None);

        result.IsCommitted.Should().Be(happens);
        if (happens)
        {
            (await ReadAsync(new DocumentRead(Document())))!.ETag.Should().Be(commit.ETag);
            return;
        }
        result.Results.Should().BeEmpty();
        result.Conflict.Should().Be(new CommitConflict(0, exists ? there : default));
        StatePicture.Of(await ReadAsync(Document())).Should().Be(StatePicture.Of(before), "nothing was written");
    }

    [Test]
    public async Task Put_IfMatchOfAnOldVersion_ConflictsWithTheActualETag()
    {
        var old = await WriteAsync(new PutDocument(Document(), Bytes("same")));
        var now = await WriteAsync(new PutDocument(Document(), Bytes("same")));

        var result = await TryCommitAsync(new PutDocument(Document(), Bytes("mine"), condition: StateCondition.IfMatch(old)));

        result.Conflict.Should().Be(new CommitConflict(0, now));
        Text((await ReadAsync(new DocumentRead(Document())))!.Value).Should().Be("same");
    }

    [Test]
    public async Task Delete_There_CountsOneAndThenNothing()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("value")));

        (await CommitAsync(new DeleteKey(Document())))[0].Should().Be(new OperationResult(Count: 1));
        (await ReadAsync(Document())).Should().BeNull();
        (await CommitAsync(new DeleteKey(Document())))[0].Should().Be(default(OperationResult));
    }

    [Test]
    public async Task Put_AfterDelete_IsNew()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("old"), StateExpiry.After(Ticks(1000))));
        await CommitAsync(new DeleteKey(Document()));

        await CommitAsync(new PutDocument(Document(), Bytes("new"), StateExpiry.Keep, StateCondition.IfAbsent));

        (await ReadAsync(Document()))!.Expiry.Should().Be(StateExpiry.Never, "the deleted document left nothing behind to keep");
    }

    [Test]
    public async Task Read_ManyOfAllPartitions_AnswersInOrder()
    {
        for (var partition = 0; partition < PartitionCount; partition++) await CommitAsync(new PutDocument(Document("x", partition), Bytes($"in {partition}")));
        await CommitAsync(new SetScores(Index(), [new("m", 5)]));

        var contents = await Provider.ReadAsync(
            [
                new DocumentRead(Document("x", 3)), new DocumentRead(Document("absent", 2)), new IndexRead(Index()), new DocumentRead(Document("x", 0)),
                new DocumentRead(Document("x", 3)), new MapRead(Map()), new DocumentRead(Document("x", 1)), new DocumentRead(Document("x", 2)),
            ],
            CancellationToken.None);

        contents.Select(static content => content switch { null => "-", DocumentContent document => Text(document.Value), _ => content.GetType().Name })
            .Should().Equal("in 3", "-", "IndexContent", "in 0", "in 3", "-", "in 1", "in 2");
    }

    [Test]
    public async Task Read_NoQuestion_AnswersNothing() => (await Provider.ReadAsync([], CancellationToken.None)).Should().BeEmpty();

    [Test]
    public async Task Read_Thousand_AnswersEach()
    {
        foreach (var partition in Enumerable.Range(0, PartitionCount))
            await CommitAsync([.. Enumerable.Range(0, 250).Select(i => new PutDocument(Document($"{i}", partition), Bytes($"{partition}-{i}")))]);

        var contents = await Provider.ReadAsync([.. Enumerable.Range(0, 1000).Select(static i => new DocumentRead(Document($"{i / 4}", i % 4)))], CancellationToken.None);

        contents.Select(static content => Text(((DocumentContent)content!).Value)).Should().Equal(Enumerable.Range(0, 1000).Select(static i => $"{i % 4}-{i / 4}"));
    }

    private static StateCondition Condition(StateConditionKind kind, StateETag etag) => kind switch
    {
        StateConditionKind.IfAbsent => StateCondition.IfAbsent,
        StateConditionKind.IfExists => StateCondition.IfExists,
        StateConditionKind.IfMatch => StateCondition.IfMatch(etag),
        _ => StateCondition.None,
    };
}
