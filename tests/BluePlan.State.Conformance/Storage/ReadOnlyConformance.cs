using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>A store that is opened for reading only, beside the provider that owns it: everything is found, and nothing is changed.</summary>
public abstract class ReadOnlyConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    private static readonly StateOpenOptions ReadOnly = new() { Mode = StateOpenMode.ReadOnly };

    [SetUp]
    public void NeedReadOnly() => Needs(StateCapabilities.ReadOnlyOpen);

    [Test]
    public async Task Read_StoreThatIsOpenElsewhere_ShowsAllThatWasAcknowledged()
    {
        var world = new CommitWorld();
        await CommitAsync(world.Making);
        await CommitAsync(world.Changing);
        await CommitAsync(new PutDocument(Document("big"), Noise(300_000)), new PutDocument(Document("gone"), Bytes("v")), new AppendEntries(Log(), [new(Bytes("a"), "id"), new(Bytes("b"))]));
        await CommitAsync(new DeleteKey(Document("gone")), new RemoveEntries(Log(), [new(1, 1)]));
        StateKey[] keys = [.. world.Keys, Document("big"), Document("gone"), Log(), Map("absent")];

        var look = await LookAsync();

        (await PictureAsync(keys, look)).Should().Be(await PictureAsync(keys));
        if (look.Capabilities.HasFlag(StateCapabilities.Export))
            (await look.ExportAsync(CancellationToken.None).Select(static record => record.Key).Distinct().ToListAsync()).Should().BeEquivalentTo(await Provider.ExportAsync(CancellationToken.None).Select(static record => record.Key).Distinct().ToListAsync());
        ((await look.GetTimeAsync(CancellationToken.None)) - Now).Duration().Should().BeLessThan(Harness.Tick);
    }

    [Test]
    public async Task Open_ReadOnly_AnswersWhichStoreItIs([Values] bool withCount)
    {
        var look = await Harness.LookAsync();
        var found = await look.OpenAsync(ReadOnly with { PartitionCount = withCount ? PartitionCount : null }, CancellationToken.None);
        var again = await LookAsync(await Harness.LookAsync());

        found.Should().Be(new StateStoreInfo(found.StoreId, PartitionCount));
        found.StoreId.Should().NotBe(Guid.Empty).And.Be(again.StoreId);
    }

    [Test]
    public async Task Open_ReadOnlyWithAnotherCount_IsRefused()
    {
        var look = await Harness.LookAsync();

        (await FluentActions.Awaiting(() => look.OpenAsync(ReadOnly with { PartitionCount = 2 * PartitionCount }, CancellationToken.None).AsTask()).Should().ThrowAsync<StateOpenException>()).Which.Fault.Should().Be(StateOpenFault.PartitionCount);
    }

    [Test]
    public async Task Open_ReadOnlyWithoutAStore_IsRefusedAndMakesNone()
    {
        var provider = await Harness.CreateAsync();
        var thrown = await FluentActions.Awaiting(() => provider.OpenAsync(ReadOnly, CancellationToken.None).AsTask()).Should().ThrowAsync<StateOpenException>();
        thrown.Which.Fault.Should().Be(StateOpenFault.NotFound);
        thrown.Which.Message.Should().Contain($"{StateOpenMode.ReadOnly}");

        (await provider.OpenAsync(PartitionCount)).WasCreated.Should().BeTrue("nothing was made before");
    }

    [Test]
    public async Task Commit_ReadOnly_IsRefusedWhateverItIs()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("v"), StateExpiry.After(Ticks(1_000))), new SetFields(Map(), [Field("f", 1)]));
        StateKey[] keys = [Document(), Map(), Document("new")];
        var before = await PictureAsync(keys);
        var look = await LookAsync();
        StateOperation[][] commits =
        [
            [new PutDocument(Document("new"), Bytes("v"))], [new DeleteKey(Document())], [new IncrementFields(Map(), [By("f", 1)])], [new ExpireKey(Document(), StateExpiry.Never)],
            [new CheckKey(Document(), StateCondition.IfAbsent), new DeleteKey(Document())], [new CheckKey(Document(), StateCondition.IfExists)],
        ];

        foreach (var commit in commits)
        {
            var thrown = await FluentActions.Awaiting(async () => await look.CommitAsync(new(commit), CancellationToken.None)).Should().ThrowAsync<StateUnavailableException>("{0} is a commit", commit[0]);
            thrown.Which.MayHaveBeenWritten.Should().BeFalse();
            thrown.Which.Message.Should().Contain($"{StateOpenMode.ReadOnly}");
        }

        (await PictureAsync(keys)).Should().Be(before);
        (await PictureAsync(keys, look)).Should().Be(before);
    }

    [Test]
    public async Task Import_ReadOnly_IsRefused([Values] StateImportMode mode)
    {
        Needs(StateCapabilities.Import);
        await CommitAsync(new PutDocument(Document(), Bytes("v")));
        var look = await LookAsync();
        var records = new[] { new StateRecord(Document("new"), new DocumentContent(Bytes("v"), StateETag.New())) }.ToAsyncEnumerable();

        (await FluentActions.Awaiting(() => look.ImportAsync(records, mode, CancellationToken.None).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeFalse();

        foreach (var provider in new[] { Provider, look }) (await PictureAsync([Document("new")], provider)).Should().Be(await PictureAsync([Document("new")]));
        (await ReadAsync(Document())).Should().NotBeNull();
        (await ReadAsync(Document("new"))).Should().BeNull();
    }

    [Test]
    public async Task Read_WithATouch_SlidesNothing()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("v"), StateExpiry.Sliding(Ticks(100))), new PutDocument(Document("capped"), Bytes("w"), StateExpiry.Sliding(Ticks(100), Ticks(200))));
        StateKey[] keys = [Document(), Document("capped")];
        await Harness.AdvanceAsync(Ticks(2));
        var before = await PictureAsync(keys);
        var look = await LookAsync();

        foreach (var touch in new StateExpiry?[] { StateExpiry.Keep, StateExpiry.Sliding(Ticks(500)) })
        {
            foreach (var key in keys)
            {
                var shown = (DocumentContent)(await look.ReadAsync([new DocumentRead(key, touch)], CancellationToken.None))[0]!;
                var one = (DocumentContent)(await look.ReadOneAsync(new DocumentRead(key, touch), CancellationToken.None))!;
                StatePicture.Of(shown).Should().Be(StatePicture.Of(await ReadAsync(key)));
                StatePicture.Of(one).Should().Be(StatePicture.Of(shown));
            }
        }

        (await PictureAsync(keys)).Should().Be(before);
        (await PictureAsync(keys, look)).Should().Be(before);
    }

    [Test]
    public async Task Calls_ReadOnlyThatWriteNothing_Succeed()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("v")));
        var look = await LookAsync();

        await look.MaintainAsync(CancellationToken.None);
        await look.ConfirmAsync(Document(), CancellationToken.None);
        if (look.Capabilities.HasFlag(StateCapabilities.Watch)) (await look.WatchAsync(Document(), CancellationToken.None).FirstAsync()).Should().Be(Document());

        (await ReadAsync(look, Document())).Should().NotBeNull();
        await look.DisposeAsync();
        await FluentActions.Awaiting(() => ReadAsync(look, Document())).Should().ThrowAsync<ObjectDisposedException>();
        await FluentActions.Awaiting(async () => await look.CommitAsync(new(new DeleteKey(Document())), CancellationToken.None)).Should().ThrowAsync<ObjectDisposedException>();
        (await ReadAsync(Document())).Should().NotBeNull("the owner goes on");
    }

    [Test]
    public async Task Open_ReadOnlyWhileOthersWrite_ShowsEachCommitWholeOrNot()
    {
        using var end = new CancellationTokenSource();
        var acknowledged = 0L;
        var writer = Task.Run(async () =>
        {
            for (var i = 1; !end.IsCancellationRequested; i++)
            {
                await CommitAsync(new IncrementFields(Map(), [By("n", 1)]), new PutDocument(Document(), Bytes($"{i}")), new AppendEntries(Log(), [new(Noise(2_000))], keepLast: 10));
                Volatile.Write(ref acknowledged, i);
            }
        });
        try
        {
            for (var round = 0; round < 20; round++)
            {
                var least = Volatile.Read(ref acknowledged);
                await using var look = await LookAsync();
                if (look.Capabilities.HasFlag(StateCapabilities.Shared))
                {
                    ((MapContent?)await ReadAsync(look, Map()))?.Fields["n"].Counters.Span[0].Should().BeGreaterThanOrEqualTo(least);
                    continue;
                }
                var contents = await look.ReadAsync([new MapRead(Map()), new DocumentRead(Document()), new LogRead(Log())], CancellationToken.None);
                var count = (contents[0] as MapContent)?.Fields["n"].Counters.Span[0] ?? 0;
                count.Should().BeGreaterThanOrEqualTo(least, "that much was acknowledged before");
                if (count == 0) continue;
                Text(((DocumentContent)contents[1]!).Value).Should().Be($"{count}");
                ((LogContent)contents[2]!).LastSequence.Should().Be(count);
            }
        }
        finally
        {
            await end.CancelAsync();
            await writer;
        }
    }

    private async Task<IStateProvider> LookAsync()
    {
        var look = await Harness.LookAsync();
        await LookAsync(look);
        return look;
    }

    private static async Task<StateStoreInfo> LookAsync(IStateProvider look) => await look.OpenAsync(ReadOnly, CancellationToken.None);
}
