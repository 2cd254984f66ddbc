using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Opening, closing, cancelling, and whose memory is whose.</summary>
public abstract class LifecycleConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Calls_BeforeOpen_SayThatItIsNotOpen()
    {
        var provider = await Harness.CreateAsync();
        foreach (var (name, call) in Calls(provider, CancellationToken.None))
            (await FluentActions.Awaiting(call).Should().ThrowAsync<InvalidOperationException>("{0} needs an open store", name)).Which.Should().NotBeOfType<ObjectDisposedException>();

        await provider.OpenAsync(PartitionCount, CancellationToken.None);

        (await ReadAsync(provider, Document())).Should().BeNull("nothing happened before");
    }

    [Test]
    public async Task Calls_AfterDispose_SayThatItIsDisposed()
    {
        await Provider.DisposeAsync();

        foreach (var (name, call) in Calls(Provider, CancellationToken.None))
            await FluentActions.Awaiting(call).Should().ThrowAsync<ObjectDisposedException>("{0} comes too late", name);
        await FluentActions.Awaiting(() => Provider.OpenAsync(PartitionCount, CancellationToken.None).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Dispose_TwiceOrWithoutOpen_IsHarmless()
    {
        await Provider.DisposeAsync();
        await FluentActions.Awaiting(() => Provider.DisposeAsync().AsTask()).Should().NotThrowAsync();
        var unopened = await Harness.CreateAsync();
        await FluentActions.Awaiting(() => unopened.DisposeAsync().AsTask()).Should().NotThrowAsync();
        await FluentActions.Awaiting(() => unopened.DisposeAsync().AsTask()).Should().NotThrowAsync();
    }

    [TestCase(0)]
    [TestCase(-4)]
    [TestCase(3)]
    [TestCase(int.MinValue)]
    [TestCase(2 * StateLimits.MaximumPartitions)]
    public async Task Open_NoPowerOfTwo_IsRefusedAndMayBeTriedAgain(int count)
    {
        var provider = await Harness.CreateAsync();
        await FluentActions.Awaiting(() => provider.OpenAsync(count, CancellationToken.None).AsTask()).Should().ThrowAsync<ArgumentOutOfRangeException>();

        await provider.OpenAsync(PartitionCount, CancellationToken.None);

        (await provider.CommitAsync(new StateCommit(new PutDocument(Document(), default)), CancellationToken.None)).IsCommitted.Should().BeTrue();
    }

    [TestCase(1)]
    [TestCase(StateLimits.MaximumPartitions)]
    public async Task Open_FewestAndMostPartitions_WorkToTheLast(int count)
    {
        var provider = await Harness.CreateAsync();
        await provider.OpenAsync(count, CancellationToken.None);

        await provider.CommitAsync(new StateCommit(new PutDocument(Document(partition: count - 1), Bytes("v"))), CancellationToken.None);

        (await ReadAsync(provider, Document(partition: count - 1))).Should().NotBeNull();
        if (count < StateLimits.MaximumPartitions) await FluentActions.Awaiting(() => ReadAsync(provider, Document(partition: count))).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task Open_SeveralAtOnceOnANewStore_AllWorkOnOne()
    {
        Needs(StateCapabilities.Shared);
        for (var round = 0; round < 5; round++)
        {
            var providers = new List<IStateProvider> { await Harness.CreateAsync() };
            for (var i = 0; i < 15; i++) providers.Add(await Harness.ReopenAsync());

            await Task.WhenAll(providers.Select((provider, i) => Task.Run(async () =>
            {
                await provider.OpenAsync(PartitionCount, CancellationToken.None);
                for (var partition = 0; partition < PartitionCount; partition++)
                    await provider.CommitAsync(new StateCommit(new IncrementFields(Map(partition: partition), [By("n", 1)]), new PutDocument(Document($"{i}", partition), default)), CancellationToken.None);
            })));

            foreach (var provider in providers) ((MapContent)(await ReadAsync(provider, Map(partition: 3)))!).Fields["n"].Counters.ToArray().Should().Equal(providers.Count);
        }
    }

    [Test]
    public async Task Open_OtherCountThanTheStoreHas_IsRefusedNamingBoth()
    {
        if (!Harness.CanReopen) Assert.Ignore("This store ends with its provider.");
        await CommitAsync(new PutDocument(Document(), Bytes("v")));
        var reopened = await Harness.ReopenAsync();

        var thrown = await FluentActions.Awaiting(() => reopened.OpenAsync(8, CancellationToken.None).AsTask()).Should().ThrowAsync<StateOpenException>();
        thrown.Which.Fault.Should().Be(StateOpenFault.PartitionCount);
        thrown.Which.Message.Should().Contain("8").And.Contain($"{PartitionCount}");
        await reopened.OpenAsync(PartitionCount, CancellationToken.None);

        Text(((DocumentContent)(await ReadAsync(reopened, Document()))!).Value).Should().Be("v");
    }

    [Test]
    public async Task Open_TheSameStoreAgain_FindsEverything()
    {
        if (!Harness.CanReopen) Assert.Ignore("This store ends with its provider.");
        var world = new CommitWorld();
        await CommitAsync(world.Making);
        await CommitAsync(world.Changing);
        await CommitAsync(
            new PutDocument(Document("capped"), Noise(100_000), StateExpiry.Sliding(Ticks(1000), Ticks(2000))), new PutDocument(Document("empty"), default), new PutDocument(Document("touched"), default, StateExpiry.Sliding(Ticks(500))),
            new AppendEntries(Log(), [new(Bytes("a"), "id"), new(Bytes("b"))]), new SetFields(Map(), [.. HostileNames.All.Select(static name => Field(name, name))]), new SetScores(Index(), [.. HostileNames.All.Select(static name => new IndexMember(name, name.Length))]));
        await CommitAsync(new RemoveEntries(Log(), [new(1, 2)]), new ExpireKey(Map(), StateExpiry.After(Ticks(1000))), new PutDocument(Document("past"), default, StateExpiry.At(Now - Ticks(2))));
        await ReadAsync(new DocumentRead(Document("touched"), StateExpiry.Sliding(Ticks(1000))));
        StateKey[] keys = [.. world.Keys, Document("capped"), Document("empty"), Document("touched"), Log(), Map(), Index(), Document("past")];
        var before = await PictureAsync(keys);

        for (var round = 0; round < 2; round++)
        {
            var reopened = await ReopenAsync();

            (await PictureAsync(keys, reopened)).Should().Be(before);
        }
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("c"), "id")])))[0].Should().Be(new OperationResult(Count: 1, Value: 3), "the emptied log goes on, and its old ids are free");
    }

    [Test]
    public async Task Open_AfterWhatExpiredMeanwhile_DoesNotFindIt()
    {
        if (!Harness.CanReopen) Assert.Ignore("This store ends with its provider.");
        await CommitAsync(new PutDocument(Document(), Bytes("v"), StateExpiry.After(Ticks(2))), new AppendEntries(Log(), [new(Bytes("v"))]), new ExpireKey(Log(), StateExpiry.After(Ticks(2))), new SetFields(Map(), [Field("f", "v")]));
        await Harness.AdvanceAsync(Ticks(3.5));

        await ReopenAsync();

        (await ReadAsync(Document())).Should().BeNull();
        (await ReadAsync(Map())).Should().NotBeNull();
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("w"))])))[0].Should().Be(new OperationResult(Count: 1, Value: 1));
    }

    [Test]
    public async Task Calls_CancelledBefore_DoNothing()
    {
        await CommitAsync(new PutDocument(Document("there"), Bytes("v"), StateExpiry.Sliding(Ticks(1000))));
        var before = await PictureAsync([Document(), Document("there")]);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        foreach (var (name, call) in Calls(Provider, cancelled.Token))
            await FluentActions.Awaiting(call).Should().ThrowAsync<OperationCanceledException>("{0} was cancelled before it began", name);
        await FluentActions.Awaiting(() => Provider.ReadAsync([new DocumentRead(Document("there"), StateExpiry.Sliding(Ticks(10)))], cancelled.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();

        (await PictureAsync([Document(), Document("there")])).Should().Be(before);
    }

    [Test]
    public async Task Open_CancelledBefore_MayBeTriedAgain()
    {
        var provider = await Harness.CreateAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await FluentActions.Awaiting(() => provider.OpenAsync(2, cancelled.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();

        await provider.OpenAsync(PartitionCount, CancellationToken.None);

        (await provider.CommitAsync(new StateCommit(new PutDocument(Document(partition: PartitionCount - 1), default)), CancellationToken.None)).IsCommitted.Should().BeTrue();
    }

    [Test]
    public async Task Commit_MemoryChangedAfterwards_ChangesNothing()
    {
        byte[] document = [1, 2, 3], field = [1, 2, 3], entry = [1, 2, 3], replaced = [1, 2, 3];
        long[] counters = [1, 2, 3], by = [1, 2, 3];
        var (fields, entries, members) = (new List<MapField> { new("bytes", new(field)), new("sums", new(counters)) }, new List<LogAppend> { new(entry, "id"), new(Bytes("x")) }, new List<IndexMember> { new("m", 1) });
        var results = await CommitAsync(
            new PutDocument(Document(), document), new SetFields(Map(), fields), new IncrementFields(Map("sums"), [new("n", by)], returnValues: true), new AppendEntries(Log(), entries), new SetScores(Index(), members));
        await CommitAsync(new ReplaceEntry(Log(), 2, replaced));
        StateKey[] keys = [Document(), Map(), Map("sums"), Log(), Index()];
        var before = await PictureAsync(keys);

        foreach (var bytes in new[] { document, field, entry, replaced }) Array.Fill(bytes, (byte)'!');
        Array.Fill(counters, -1);
        Array.Fill(by, -1);
        fields.Clear();
        entries.Clear();
        members.Clear();

        (await PictureAsync(keys)).Should().Be(before);
        results[2].Vectors!.Single().ToArray().Should().Equal(1, 2, 3);
    }

    [Test]
    public async Task Read_LaterWrites_ChangeNoAnswer()
    {
        await CommitAsync(
            new PutDocument(Document(), Noise(5000)), new SetFields(Map(), [Field("bytes", "v"), Field("sums", 1, 2)]), new AppendEntries(Log(), [new(Noise(500), "a"), new(Noise(600), "b"), new(Noise(700))]),
            new SetScores(Index(), [new("a", 1), new("b", 2)]));
        StateKey[] keys = [Document(), Map(), Log(), Index()];
        var contents = await Provider.ReadAsync([.. keys.Select(Whole), new UnionRead([Index()]), new LogRead(Log(), ["a"]), new MapRead(Map(), ["sums"])], CancellationToken.None);
        var vectors = (await CommitAsync(new IncrementFields(Map(), [By("sums", 10)], returnValues: true)))[0].Vectors!;
        var before = contents.Select(static content => StatePicture.Of(content)).ToArray();

        await CommitAsync(
            new PutDocument(Document(), Noise(5000, seed: 2)), new IncrementFields(Map(), [By("sums", 100, 100)]), new ReplaceEntry(Log(), 1, Noise(500, seed: 2)), new IncrementScores(Index(), [new("a", 10), new("c", 1)]));
        await CommitAsync(new SetFields(Map(), [Field("bytes", "w"), Field("new", "")]), new RemoveEntries(Log(), [new(2, 2)]), new RemoveMembers(Index(), ["b"]), new DeleteKey(Document()));
        await CommitAsync(new AppendEntries(Log(), [new(default, "b")], keepLast: 1), new DeleteKey(Map()), new DeleteKey(Index()));

        contents.Select(static content => StatePicture.Of(content)).Should().Equal(before);
        vectors.Single().ToArray().Should().Equal(11, 2);
    }

    [Test]
    public async Task Values_OfSeveralMegabytes_AreReadBack()
    {
        var (document, field, entry) = (Noise(6_000_000), Noise(3_000_000, 2), Noise(3_000_000, 3));
        await CommitAsync(new PutDocument(Document(), document), new SetFields(Map(), [new("f", new(field))]), new AppendEntries(Log(), [new(entry), new(Bytes("small"))]));

        var contents = await Provider.ReadAsync([new DocumentRead(Document()), new MapRead(Map()), new LogRead(Log())], CancellationToken.None);

        ((DocumentContent)contents[0]!).Value.Span.SequenceEqual(document).Should().BeTrue();
        ((MapContent)contents[1]!).Fields["f"].Bytes.Span.SequenceEqual(field).Should().BeTrue();
        ((LogContent)contents[2]!).Entries[0].Value.Span.SequenceEqual(entry).Should().BeTrue();
    }

    // Everything that needs an open store. What the provider does not offer is left to the fixture of capabilities.
    private static IEnumerable<(string Name, Func<Task> Call)> Calls(IStateProvider provider, CancellationToken cancellationToken)
    {
        yield return ("CommitAsync", () => provider.CommitAsync(new StateCommit(new PutDocument(Document(), Bytes("v"))), cancellationToken).AsTask());
        yield return ("ReadAsync", () => provider.ReadAsync([new DocumentRead(Document())], cancellationToken).AsTask());
        yield return ("ReadOneAsync", () => provider.ReadOneAsync(new DocumentRead(Document()), cancellationToken).AsTask());
        if (provider.Capabilities.HasFlag(StateCapabilities.Export)) yield return ("ExportAsync", () => provider.ExportAsync(cancellationToken).ToListAsync(CancellationToken.None).AsTask());
        if (provider.Capabilities.HasFlag(StateCapabilities.Import))
            yield return ("ImportAsync", () => provider.ImportAsync(new[] { new StateRecord(Document(), new DocumentContent(Bytes("v"), StateETag.New())) }.ToAsyncEnumerable(), StateImportMode.Merge, cancellationToken).AsTask());
        if (provider.Capabilities.HasFlag(StateCapabilities.Watch)) yield return ("WatchAsync", () => provider.WatchAsync(Document(), cancellationToken).FirstAsync(CancellationToken.None).AsTask());
    }
}
