using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Commits: whole or not at all, conditions first, judged against the store before the commit.</summary>
public abstract class CommitConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Commit_EveryKind_HappensWholeAndAnswersEachInItsPlace()
    {
        var world = new CommitWorld();
        await CommitAsync(world.Making);

        var results = await CommitAsync(world.Changing);

        results.Select(StatePicture.Of).Should().Equal(CommitWorld.ChangingResults().Select(StatePicture.Of));
        (await PictureAsync(world.Keys)).Should().Be(world.Changed());
    }

    [TestCaseSource(typeof(CommitWorld), nameof(CommitWorld.Failures))]
    public async Task Commit_AnOperationFails_LeavesNothingBehind(string name, Type exception)
    {
        var world = new CommitWorld();
        await CommitAsync(world.Making);
        var before = await PictureAsync(world.Keys);

        // The failing operation stands first, in the middle and last among operations of every kind.
        var others = world.Changing.Operations.ToArray();
        foreach (var at in new[] { 0, others.Length / 2, others.Length })
        {
            StateOperation[] operations = [.. others[..at], CommitWorld.Failing(name), .. others[at..]];
            var thrown = await FluentActions.Awaiting(() => TryCommitAsync(operations)).Should().ThrowAsync<Exception>();

            thrown.Which.Should().BeOfType(exception);
            (await PictureAsync(world.Keys)).Should().Be(before, "the failing operation at {0} of {1} leaves nothing behind", at, operations.Length);
        }
    }

    [TestCaseSource(typeof(CommitWorld), nameof(CommitWorld.Conflicts))]
    public async Task Commit_AConditionIsUnmet_NamesItAndLeavesNothingBehind(string name)
    {
        var world = new CommitWorld();
        await CommitAsync(world.Making);
        var before = await PictureAsync(world.Keys);

        var others = world.Changing.Operations.ToArray();
        foreach (var at in new[] { 0, others.Length / 2, others.Length })
        {
            var (unmet, actual) = world.Unmet(name);
            var result = await TryCommitAsync([.. others[..at], unmet, .. others[at..]]);

            result.Conflict.Should().Be(new CommitConflict(at, actual));
            result.Results.Should().BeEmpty();
            (await PictureAsync(world.Keys)).Should().Be(before, "the unmet condition at {0} leaves nothing behind", at);
        }
    }

    [Test]
    public async Task Commit_SeveralUnmet_NamesTheFirstByPosition()
    {
        var there = await WriteAsync(new PutDocument(Document("there"), Bytes("v")));

        var result = await TryCommitAsync(
            new SetScores(Index(), [new("m", 1)]),
            new CheckKey(Document("absent"), StateCondition.IfAbsent),
            new PutDocument(Document("there"), Bytes("w"), condition: StateCondition.IfAbsent),
            new CheckKey(Map(), StateCondition.IfExists),
            new ReplaceEntry(Log(), 1, Bytes("x")));

        result.Conflict.Should().Be(new CommitConflict(2, there));
        (await ReadAsync(Index())).Should().BeNull();
    }

    [Test]
    public async Task Commit_UnmetBehindAFailure_IsAConflict()
    {
        await CommitAsync(new SetFields(Map(), [Field("bytes", "b"), Field("full", StateLimits.MaximumNumber)]));

        (await TryCommitAsync(new IncrementFields(Map(), [By("full", 1)]), new CheckKey(Document(), StateCondition.IfExists))).Conflict.Should().Be(new CommitConflict(1, default));
        (await TryCommitAsync(new IncrementFields(Map(), [By("bytes", 1)]), new ReplaceEntry(Log(), 1, Bytes("x")))).Conflict.Should().Be(new CommitConflict(1, default));
    }

    [Test]
    public async Task Commit_PutOfWhatIsThereBeforeAFailure_IsAConflict()
    {
        await CommitAsync(new SetFields(Map(), [Field("full", StateLimits.MaximumNumber)]), new PutDocument(Document("there"), Bytes("v")));
        var etag = (await ReadAsync(new DocumentRead(Document("there"))))!.ETag;
        var before = await PictureAsync([Document("there"), Document("new"), Map()]);

        foreach (var expiry in (StateExpiry[])[StateExpiry.Never, StateExpiry.After(TimeSpan.FromHours(1)), StateExpiry.Sliding(TimeSpan.FromHours(1))])
        {
            (await TryCommitAsync(new PutDocument(Document("there"), Bytes("w"), expiry, StateCondition.IfAbsent), new IncrementFields(Map(), [By("full", 1)]))).Conflict.Should().Be(new CommitConflict(0, etag));
            (await TryCommitAsync(new PutDocument(Document("there"), Bytes("w"), expiry, StateCondition.IfAbsent), new IncrementFields(Map(), [By("other", 1)]))).Conflict.Should().Be(new CommitConflict(0, etag));
            await FluentActions.Awaiting(() => TryCommitAsync(new PutDocument(Document("new"), Bytes("w"), expiry, StateCondition.IfAbsent), new IncrementFields(Map(), [By("full", 1)]))).Should().ThrowAsync<OverflowException>();
        }

        (await PictureAsync([Document("there"), Document("new"), Map()])).Should().Be(before);
    }

    [Test]
    public async Task Commit_ConditionOnAKeyThatItWrites_JudgesTheStoreBefore()
    {
        await CommitAsync(new PutDocument(Document("a"), Bytes("v")), new CheckKey(Document("a"), StateCondition.IfAbsent), new SetFields(Map(), [Field("f", "v")]), new CheckKey(Map(), StateCondition.IfAbsent));
        var etag = (await ReadAsync(new DocumentRead(Document("a"))))!.ETag;

        await CommitAsync(
            new DeleteKey(Document("a")), new CheckKey(Document("a"), StateCondition.IfExists), new CheckKey(Document("a"), StateCondition.IfMatch(etag)),
            new RemoveFields(Map(), ["f"]), new CheckKey(Map(), StateCondition.IfExists));

        (await PictureAsync([Document("a"), Map()])).Should().Be($"{StatePicture.Of(Document("a"))}: absent\n{StatePicture.Of(Map())}: absent");
    }

    [Test]
    public async Task Check_EachShape_SeesWhetherTheKeyIsThere()
    {
        StateKey[] keys = [Document(), Map(), Log(), Index()];
        foreach (var key in keys)
        {
            (await TryCommitAsync(new CheckKey(key, StateCondition.IfAbsent))).IsCommitted.Should().BeTrue();
            (await TryCommitAsync(new CheckKey(key, StateCondition.IfExists))).Conflict.Should().Be(new CommitConflict(0, default));
        }
        var etag = await WriteAsync(new PutDocument(Document(), Bytes("v")), new SetFields(Map(), [Field("f", "v")]), new AppendEntries(Log(), [new(Bytes("v"))]), new SetScores(Index(), [new("m", 1)]));

        foreach (var key in keys)
        {
            (await CommitAsync(new CheckKey(key, StateCondition.IfExists)))[0].Should().Be(default(OperationResult));
            (await TryCommitAsync(new CheckKey(key, StateCondition.IfAbsent))).Conflict.Should().Be(new CommitConflict(0, key == Document() ? etag : default));
        }
        (await TryCommitAsync(new CheckKey(Document(), StateCondition.IfMatch(etag)))).IsCommitted.Should().BeTrue();
        (await TryCommitAsync(new CheckKey(Document(), StateCondition.IfMatch(StateETag.New())))).Conflict.Should().Be(new CommitConflict(0, etag));
        (await TryCommitAsync(new CheckKey(Document("absent"), StateCondition.IfMatch(etag)))).Conflict.Should().Be(new CommitConflict(0, default));
    }

    [Test]
    public async Task CheckExpiry_EachKind_HoldsWhileItIsWhatAReadTold()
    {
        (await TryCommitAsync(new CheckExpiry(Document(), null))).Conflict.Should().Be(new CommitConflict(0, default), "it is absent");
        var etag = await WriteAsync(new PutDocument(Document(), Bytes("v")));
        var instant = new DateTimeOffset(2999, 1, 1, 0, 0, 0, 1, TimeSpan.Zero);

        (await CommitAsync(new CheckExpiry(Document(), null)))[0].Should().Be(default(OperationResult));
        (await TryCommitAsync(new SetScores(Index(), [new("m", 1)]), new CheckExpiry(Document(), instant))).Conflict.Should().Be(new CommitConflict(1, etag));
        (await ReadAsync(Index())).Should().BeNull();

        foreach (var expiry in (StateExpiry[])[StateExpiry.At(instant), StateExpiry.After(TimeSpan.FromHours(1))])
        {
            await CommitAsync(new ExpireKey(Document(), expiry));
            var told = (await ReadAsync(new DocumentRead(Document())))!.Expiry.Instant;
            (await TryCommitAsync(new CheckExpiry(Document(), told))).IsCommitted.Should().BeTrue();
            (await TryCommitAsync(new CheckExpiry(Document(), told!.Value.AddSeconds(1)))).Conflict.Should().Be(new CommitConflict(0, etag));
            (await TryCommitAsync(new CheckExpiry(Document(), null))).Conflict.Should().Be(new CommitConflict(0, etag));
        }

        foreach (var sliding in (StateExpiry[])[StateExpiry.Sliding(TimeSpan.FromHours(1)), StateExpiry.Sliding(TimeSpan.FromHours(1), TimeSpan.FromHours(2))])
        {
            await CommitAsync(new ExpireKey(Document(), sliding));
            var slides = (await ReadAsync(new DocumentRead(Document())))!.Expiry.Instant;
            (await TryCommitAsync(new CheckExpiry(Document(), slides))).Conflict.Should().Be(new CommitConflict(0, etag), "what slides never meets it");
        }
    }

    [Test]
    public async Task Commit_ExpireBehindAWrite_SeesWhatThatOneMade()
    {
        var since = Now;
        var results = await CommitAsync(
            new SetFields(Map(), [Field("f", "v")]), new ExpireKey(Map(), StateExpiry.After(Ticks(1000))),
            new DeleteKey(Document()), new ExpireKey(Document(), StateExpiry.After(Ticks(1000))),
            new PutDocument(Document("b"), Bytes("v"), StateExpiry.After(Ticks(500))), new ExpireKey(Document("b"), StateExpiry.After(Ticks(1000)), onlyIfNone: true),
            new AppendEntries(Log(), [new(Bytes("v"))]), new ExpireKey(Log(), StateExpiry.After(Ticks(1000)), onlyIfNone: true));

        results.Select(static result => result.Count).Should().Equal(0, 1, 0, 0, 0, 0, 1, 1);
        ShouldBeIn(Ticks(1000), since, (await ReadAsync(Map()))!.Expiry.Instant);
        ShouldBeIn(Ticks(500), since, (await ReadAsync(Document("b")))!.Expiry.Instant);
        ShouldBeIn(Ticks(1000), since, (await ReadAsync(Log()))!.Expiry.Instant);
        (await ReadAsync(Document())).Should().BeNull();
    }

    [Test]
    public async Task Commit_ThousandKeysOfEachShape_HappensWhole()
    {
        var ids = Enumerable.Range(0, 1000).Select(static i => $"{i}").ToArray();
        StateOperation[] operations =
        [
            .. ids.Select(static id => new PutDocument(Document(id), Bytes(id))), .. ids.Select(static id => new SetFields(Map(id), [Field("f", id)])),
            .. ids.Select(static id => new AppendEntries(Log(id), [new(Bytes(id))])), .. ids.Select(static id => new SetScores(Index(id), [new("m", 1)])),
        ];
        (await TryCommitAsync([.. operations, new CheckKey(Document("absent"), StateCondition.IfExists)])).Conflict.Should().Be(new CommitConflict(4000, default));
        (await PictureAsync(operations.Select(static operation => operation.Key))).Split('\n').Should().OnlyContain(static line => line.EndsWith(": absent", StringComparison.Ordinal));

        await CommitAsync(operations);

        var contents = await Provider.ReadAsync([.. operations.Select(static operation => Whole(operation.Key))], CancellationToken.None);
        contents.Should().NotContainNulls().And.HaveCount(4000);
        contents.Take(1000).Cast<DocumentContent>().Select(static document => Text(document.Value)).Should().Equal(ids);
    }

    [Test]
    public async Task Commit_PartitionBeyondTheCount_IsRefused()
    {
        foreach (var partition in new[] { PartitionCount, StateLimits.MaximumPartitions - 1 })
        {
            await FluentActions.Awaiting(() => TryCommitAsync(new PutDocument(Document(partition: partition), Bytes("v")))).Should().ThrowAsync<ArgumentException>();
            await FluentActions.Awaiting(() => TryCommitAsync(new CheckKey(Map(partition: partition), StateCondition.IfAbsent))).Should().ThrowAsync<ArgumentException>();
            await FluentActions.Awaiting(() => ReadAsync(Document(partition: partition))).Should().ThrowAsync<ArgumentException>();
            await FluentActions.Awaiting(() => Provider.ReadAsync([new DocumentRead(Document()), new UnionRead([Index(partition: partition)])], CancellationToken.None).AsTask()).Should().ThrowAsync<ArgumentException>();
        }
        (await TryCommitAsync(new PutDocument(Document(partition: PartitionCount - 1), Bytes("v")))).IsCommitted.Should().BeTrue();
    }
}
