using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class DelegatingStateProviderTests
{
    private static readonly StateKey Key = new(1, StateShape.Document, "t", "id");

    private readonly DictionaryHarness _harness = new();

    [TearDown]
    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Test]
    public async Task Calls_Everything_ReachesTheInnerProvider()
    {
        var inner = await _harness.CreateAsync();
        await using var outer = new Passing(inner);
        await outer.OpenAsync(4, CancellationToken.None);
        (outer.Name, outer.Capabilities).Should().Be((inner.Name, inner.Capabilities));
        await outer.CommitAsync(new StateCommit(new PutDocument(Key, "v"u8.ToArray())), CancellationToken.None);

        var records = await outer.ExportAsync(CancellationToken.None).ToListAsync();
        await outer.ImportAsync(AsyncEnumerable.Empty<StateRecord>(), StateImportMode.Replace, CancellationToken.None);

        records.Select(static record => record.Key).Should().Equal(Key);
        (await inner.ReadOneAsync(new DocumentRead(Key), CancellationToken.None)).Should().BeNull("the import replaced everything");
        await outer.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Merge, CancellationToken.None);
        (await outer.ReadAsync(new DocumentRead(Key)))!.Value.ToArray().Should().Equal("v"u8.ToArray());
        (await outer.WatchAsync(Key, CancellationToken.None).FirstAsync()).Should().Be(Key);
        await outer.MaintainAsync(CancellationToken.None);
    }

    [Test]
    public async Task ReadOne_NotOverridden_GoesThroughRead()
    {
        var inner = await _harness.CreateAsync();
        await using var outer = new Passing(inner);
        await outer.OpenAsync(4, CancellationToken.None);

        await outer.ReadOneAsync(new DocumentRead(Key), CancellationToken.None);
        await outer.ReadAsync(new DocumentRead(Key));

        outer.Reads.Should().Be(2);
    }

    [Test]
    public async Task Dispose_DisposesTheInnerProvider()
    {
        var inner = await _harness.CreateAsync();
        await new Passing(inner).DisposeAsync();

        await FluentActions.Awaiting(() => inner.OpenAsync(4, CancellationToken.None).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public void Inner_Null_IsRefused() => FluentActions.Invoking(static () => new Passing(null!)).Should().Throw<ArgumentNullException>().WithParameterName("inner");

    [Test]
    public async Task Defaults_OfTheInterface_RefuseByNameAndFlag()
    {
        await using IStateProvider least = new Least();

        await FluentActions.Awaiting(() => least.ImportAsync(AsyncEnumerable.Empty<StateRecord>(), StateImportMode.Merge, CancellationToken.None).AsTask()).Should().ThrowAsync<NotSupportedException>().WithMessage("*'least'*Import*");
        FluentActions.Invoking(() => least.ExportAsync(CancellationToken.None)).Should().Throw<NotSupportedException>().WithMessage("*'least'*Export*");
        FluentActions.Invoking(() => least.WatchAsync(Key, CancellationToken.None)).Should().Throw<NotSupportedException>().WithMessage("*'least'*Watch*");
        await FluentActions.Awaiting(() => least.MaintainAsync(CancellationToken.None).AsTask()).Should().NotThrowAsync();
        (await least.ReadAsync(new DocumentRead(Key)))!.Value.ToArray().Should().Equal(1);
    }

    private sealed class Passing(IStateProvider inner) : DelegatingStateProvider(inner)
    {
        public int Reads { get; private set; }

        public override ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
        {
            Reads++;
            return base.ReadAsync(reads, cancellationToken);
        }
    }

    // What an author has to write, and nothing more.
    private sealed class Least : IStateProvider
    {
        public string Name => "least";

        public StateCapabilities Capabilities => StateCapabilities.None;

        public ValueTask<StateStoreInfo> OpenAsync(StateOpenOptions options, CancellationToken cancellationToken) => new(new StateStoreInfo(default, options.PartitionCount ?? 1));

        public ValueTask<CommitResult> CommitAsync(StateCommit commit, CancellationToken cancellationToken) => ValueTask.FromResult(CommitResult.Conflicted(0));

        public async ValueTask<IReadOnlyList<StateContent?>> ReadAsync(IReadOnlyList<StateRead> reads, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return [.. reads.Select(static _ => new DocumentContent(new byte[] { 1 }, StateETag.New()))];
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
