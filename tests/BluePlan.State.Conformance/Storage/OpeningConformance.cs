using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Which store is opened, whether it may be made, and what opening says of it.</summary>
public abstract class OpeningConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Open_NewStoreWithoutACount_HasTheDefaultOneAndAnIdOfItsOwn()
    {
        var first = await (await Harness.CreateAsync()).OpenAsync();
        var second = await (await Harness.CreateAsync()).OpenAsync();

        first.Should().Be(new StateStoreInfo(first.StoreId, StateOpenOptions.DefaultPartitionCount, WasCreated: true));
        second.WasCreated.Should().BeTrue();
        second.StoreId.Should().NotBe(first.StoreId).And.NotBe(Guid.Empty);
        first.StoreId.Should().NotBe(Guid.Empty);
    }

    [TestCase(null)]
    [TestCase(PartitionCount)]
    public async Task Open_ExistingStore_AnswersItsOwnIdAndCount(int? count)
    {
        if (!Harness.CanReopen) Assert.Ignore("This store ends with its provider.");
        var made = await (await Harness.CreateAsync()).OpenAsync(PartitionCount);

        foreach (var mode in new[] { StateOpenMode.Create, StateOpenMode.ExistingOnly })
        {
            var reopened = await Harness.ReopenAsync();
            var found = await reopened.OpenAsync(new StateOpenOptions { Mode = mode, PartitionCount = count }, CancellationToken.None);

            found.Should().Be(made with { WasCreated = false });
            (await reopened.CommitAsync(new(new PutDocument(Document(partition: PartitionCount - 1), Bytes("v"))), CancellationToken.None)).IsCommitted.Should().BeTrue();
        }
    }

    [Test]
    public async Task Open_ExistingOnlyWithoutAStore_IsRefusedAndMakesNone()
    {
        var provider = await Harness.CreateAsync();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var thrown = await FluentActions.Awaiting(() => provider.OpenAsync(new StateOpenOptions { Mode = StateOpenMode.ExistingOnly }, CancellationToken.None).AsTask()).Should().ThrowAsync<StateOpenException>();
            thrown.Which.Fault.Should().Be(StateOpenFault.NotFound);
            thrown.Which.Message.Should().Contain($"{StateOpenMode.ExistingOnly}");
        }

        (await provider.OpenAsync(PartitionCount)).Should().BeEquivalentTo(new { PartitionCount, WasCreated = true }, "nothing was made before");
    }

    [Test]
    public async Task Open_UnknownMode_IsRefusedByNameAndOpensNothing()
    {
        var provider = await Harness.CreateAsync();

        (await FluentActions.Awaiting(async () => await provider.OpenAsync(new StateOpenOptions { Mode = (StateOpenMode)99 }, CancellationToken.None)).Should().ThrowAsync<NotSupportedException>())
            .Which.Message.Should().Contain(provider.Name).And.Contain("99");
        await FluentActions.Awaiting(() => ReadAsync(provider, Document())).Should().ThrowAsync<InvalidOperationException>();

        (await provider.OpenAsync()).WasCreated.Should().BeTrue();
    }

    [Test]
    public async Task Open_AfterAnImportReplacedWhatItHolds_AnswersTheSameId()
    {
        Needs(StateCapabilities.Import);
        if (!Harness.CanReopen) Assert.Ignore("This store ends with its provider.");
        var provider = await Harness.CreateAsync();
        var made = await provider.OpenAsync(PartitionCount);
        await provider.ImportAsync(new[] { new StateRecord(Document(), new DocumentContent(Bytes("v"), StateETag.New())) }.ToAsyncEnumerable(), StateImportMode.Replace, CancellationToken.None);

        var found = await (await Harness.ReopenAsync()).OpenAsync();

        found.Should().Be(made with { WasCreated = false });
    }

    [Test]
    public async Task Open_SeveralAtOnceOnANewStore_OneOfThemMakesIt()
    {
        Needs(StateCapabilities.Shared);
        for (var round = 0; round < 5; round++)
        {
            var providers = new List<IStateProvider> { await Harness.CreateAsync() };
            for (var i = 0; i < 7; i++) providers.Add(await Harness.ReopenAsync());

            var found = await Task.WhenAll(providers.Select(static provider => Task.Run(async () => await provider.OpenAsync())));

            found.Select(static info => info.StoreId).Distinct().Should().ContainSingle();
            found.Should().ContainSingle(static info => info.WasCreated);
        }
    }
}
