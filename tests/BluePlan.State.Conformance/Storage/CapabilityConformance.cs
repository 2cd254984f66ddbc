using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Capabilities, in both directions: what is declared works, and what is not is refused by name.</summary>
public abstract class CapabilityConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Declaration_BeforeAndAfterOpen_IsTheSameAndHasAName()
    {
        var open = Provider.Capabilities;
        var unopened = await Harness.CreateAsync();

        unopened.Capabilities.Should().Be(open);
        unopened.Name.Should().Be(Provider.Name).And.NotBeNullOrWhiteSpace();
    }

    [Test]
    public void Declaration_Flags_AreKnownAndFitTogether()
    {
        var capabilities = Provider.Capabilities;

        capabilities.Should().Be(capabilities & Enum.GetValues<StateCapabilities>().Aggregate(static (all, one) => all | one), "only known flags are declared");
        if (capabilities.HasFlag(StateCapabilities.AtomicReplace)) capabilities.Should().HaveFlag(StateCapabilities.Import);
        if (capabilities.HasFlag(StateCapabilities.ConsistentExport)) capabilities.Should().HaveFlag(StateCapabilities.Export);
        if ((capabilities & (StateCapabilities.Durable | StateCapabilities.Shared | StateCapabilities.ReadOnlyOpen)) != 0) Harness.CanReopen.Should().BeTrue("a durable or shared store is proved by opening it again, and so is one that can be looked at");
    }

    [Test]
    public async Task Export_WorksOrIsRefused()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("v")));
        var export = () => Provider.ExportAsync(CancellationToken.None).ToListAsync().AsTask();

        if (await IsRefused(StateCapabilities.Export, export)) return;

        (await export()).Select(static record => record.Key).Should().Equal(Document());
    }

    [Test]
    public async Task Import_WorksOrIsRefused([Values] StateImportMode mode)
    {
        var import = () => Provider.ImportAsync(new[] { new StateRecord(Document(), new DocumentContent(Bytes("v"), StateETag.New())) }.ToAsyncEnumerable(), mode, CancellationToken.None).AsTask();

        if (await IsRefused(StateCapabilities.Import, import))
        {
            (await ReadAsync(Document())).Should().BeNull();
            return;
        }

        await import();
        Text((await ReadAsync(new DocumentRead(Document())))!.Value).Should().Be("v");
    }

    [Test]
    public async Task Watch_WorksOrIsRefused()
    {
        var watch = () => Provider.WatchAsync(Document(), CancellationToken.None).FirstAsync().AsTask();

        if (await IsRefused(StateCapabilities.Watch, watch)) return;

        (await watch()).Should().Be(Document());
    }

    [Test]
    public async Task Notify_WorksOrIsRefusedBeforeAnythingIsWritten()
    {
        var notify = () => CommitAsync(new PutDocument(Document(), Bytes("v")), new NotifyWatchers(Document()));

        if (await IsRefused(StateCapabilities.Watch, notify))
        {
            (await ReadAsync(Document())).Should().BeNull();
            return;
        }

        (await notify()).Should().Equal(default(OperationResult), default);
        (await ReadAsync(Document())).Should().NotBeNull();
    }

    [Test]
    public async Task FieldConditions_WorkOrAreRefusedBeforeAnythingIsWritten()
    {
        foreach (var operation in new StateOperation[] { new IncrementWithin(Map(), [By("n", 1)], [new(1, ["n"])]), new ReplaceField(Map("two"), "f", null, new(Bytes("v"))) })
        {
            var commit = () => CommitAsync(new PutDocument(Document(), Bytes("v")), operation);

            if (!await IsRefused(StateCapabilities.FieldConditions, commit)) await commit();
            else (await ReadAsync(Document())).Should().BeNull();
        }
    }

    [Test]
    public async Task LogRevisions_AreToldOrEmpty()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("v"))]));

        (await ReadAsync(new LogRead(Log())))!.Revision.IsEmpty.Should().Be(!Provider.Capabilities.HasFlag(StateCapabilities.LogRevisions));
    }

    [Test]
    public async Task TailRead_WorksOrIsRefused()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("v"))]));
        var read = () => ReadAsync(new TailRead(Log(), 10));

        if (await IsRefused(StateCapabilities.LogRevisions, read)) return;

        (await read())!.Entries.Should().HaveCount(1);
    }

    [Test]
    public async Task ReadOnlyOpen_WorksOrIsRefused()
    {
        var look = await (Harness.CanReopen ? Harness.LookAsync() : Harness.CreateAsync());
        var open = () => look.OpenAsync(new StateOpenOptions { Mode = StateOpenMode.ReadOnly }, CancellationToken.None).AsTask();

        if (await IsRefused(StateCapabilities.ReadOnlyOpen, open))
        {
            await FluentActions.Awaiting(() => ReadAsync(look, Document())).Should().ThrowAsync<InvalidOperationException>("nothing was opened");
            return;
        }

        (await open()).WasCreated.Should().BeFalse();
    }

    [Test]
    public async Task PageRead_WorksOrIsRefused()
    {
        await CommitAsync(new SetScores(Index(), [new("m", 1)]));
        var read = () => ReadAsync(new PageRead(Index(), "document", "", 10));

        if (await IsRefused(StateCapabilities.PageReads, read)) return;

        (await read())!.Items.Should().HaveCount(1);
    }

    [Test]
    public async Task Commit_UnknownOperation_IsRefusedByNameAlsoWhenAConditionIsUnmet()
    {
        foreach (var met in new[] { true, false })
        {
            var commit = new StateCommit(new CheckKey(Document("absent"), met ? StateCondition.IfAbsent : StateCondition.IfExists), new PutDocument(Document(), Bytes("v")), new UnknownOperation(Document("two")));

            (await FluentActions.Awaiting(async () => await Provider.CommitAsync(commit, CancellationToken.None)).Should().ThrowAsync<NotSupportedException>())
                .Which.Message.Should().Contain(Provider.Name).And.Contain(nameof(UnknownOperation)).And.Contain("Nothing was written");
        }
        await FluentActions.Awaiting(async () => await Provider.CommitAsync(new(new UnknownOperation(Document("two"))), CancellationToken.None)).Should().ThrowAsync<NotSupportedException>();

        (await ReadAsync(Document())).Should().BeNull();
    }

    [Test]
    public async Task Read_UnknownRead_IsRefusedByNameAndTouchesNothing()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("v"), StateExpiry.After(Ticks(1_000))));
        var expiry = await ExpiryAsync(Document());

        (await FluentActions.Awaiting(async () => await Provider.ReadAsync([new DocumentRead(Document(), StateExpiry.Sliding(Ticks(5_000))), new UnknownRead(Document())], CancellationToken.None)).Should().ThrowAsync<NotSupportedException>())
            .Which.Message.Should().Contain(Provider.Name).And.Contain(nameof(UnknownRead));
        await FluentActions.Awaiting(async () => await Provider.ReadOneAsync(new UnknownRead(Document()), CancellationToken.None)).Should().ThrowAsync<NotSupportedException>();

        (await ExpiryAsync(Document())).Should().Be(expiry);
    }

    [Test]
    public async Task Durable_Declared_FindsAcknowledgedWritesAgain()
    {
        Needs(StateCapabilities.Durable);
        for (var i = 0; i < 20; i++) await CommitAsync(new PutDocument(Document($"{i}"), Bytes($"{i}")));

        await ReopenAsync();

        for (var i = 0; i < 20; i++) Text((await ReadAsync(new DocumentRead(Document($"{i}"))))!.Value).Should().Be($"{i}");
    }

    [Test]
    public async Task Shared_Declared_LetsTwoProvidersWorkOnOneStore()
    {
        Needs(StateCapabilities.Shared);
        var other = await ReopenAsync();
        other.Should().NotBeSameAs(Provider);

        await AllAsync(16, async caller =>
        {
            for (var i = 0; i < 20; i++)
                await (caller % 2 == 0 ? Provider : other).CommitAsync(new StateCommit(new IncrementFields(Map(), [By("n", 1)]), new AppendEntries(Log(), [new(default, $"{caller}-{i}")])), CancellationToken.None);
        });

        foreach (var provider in new[] { Provider, other })
        {
            ((MapContent)(await ReadAsync(provider, Map()))!).Fields["n"].Counters.ToArray().Should().Equal(320);
            ((LogContent)(await ReadAsync(provider, Log()))!).Entries.Select(static entry => entry.Sequence).Should().Equal(Enumerable.Range(1, 320).Select(static i => (long)i));
        }
    }

    private sealed record UnknownOperation(StateKey Target) : StateOperation(Target);

    private sealed record UnknownRead(StateKey Target) : StateRead(Target);

    private async Task<bool> IsRefused(StateCapabilities capability, Func<Task> call)
    {
        if (Provider.Capabilities.HasFlag(capability)) return false;
        (await FluentActions.Awaiting(call).Should().ThrowAsync<NotSupportedException>("{0} is not declared", capability)).Which.Message.Should().Contain(Provider.Name).And.Contain($"{capability}");
        return true;
    }
}
