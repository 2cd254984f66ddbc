using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Export: everything, each key once and as it is, while others write.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ExportConformance<THarness> : ExportImportFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Export_EmptyStore_ShowsNothing() => (await ExportedStore.OfAsync(Provider)).Contents.Should().BeEmpty();

    [Test]
    public async Task Export_Everything_ShowsEachKeyOnceAsReadsDo()
    {
        var keys = await MakeEverythingAsync();

        var exported = await ExportedStore.OfAsync(Provider);

        exported.Contents.Keys.Should().BeEquivalentTo(keys);
        exported.Picture().Should().Be(await SortedPictureAsync(keys));
    }

    [Test]
    public async Task Export_WhatExpired_IsNotShown()
    {
        await CommitAsync(new PutDocument(Document("past"), default, StateExpiry.At(Now - Ticks(2))), new PutDocument(Document("soon"), default, StateExpiry.After(Ticks(2))), new PutDocument(Document("later"), default, StateExpiry.After(Ticks(1000))));
        await Harness.AdvanceAsync(Ticks(3.5));

        (await ExportedStore.OfAsync(Provider)).Contents.Keys.Should().Equal(Document("later"));
    }

    [Test]
    public async Task Export_Record_SaysHowManyPartitionsTheStoreHas()
    {
        await MakeEverythingAsync();
        await CommitAsync(new AppendEntries(Log("big"), [.. Enumerable.Range(0, 3000).Select(i => new LogAppend(Bytes($"{i}")))]));

        var records = await Provider.ExportAsync(CancellationToken.None).ToArrayAsync();

        records.Select(static record => record.PartitionCount).Distinct().Should().Equal(PartitionCount);
    }

    [Test]
    public async Task Export_WhileOthersWrite_ShowsEachKeyOnceAndWhole()
    {
        for (var partition = 0; partition < PartitionCount; partition++)
            await CommitAsync([.. Enumerable.Range(0, 200).Select(i => new PutDocument(Document($"still {i}", partition), Bytes("v"))), .. Enumerable.Range(0, 50).SelectMany(i => Pair(partition, $"pair {i}", 0))]);
        using var ending = new CancellationTokenSource();
        var writers = Enumerable.Range(0, PartitionCount).Select(partition => Task.Run(async () =>
        {
            for (var round = 1; !ending.IsCancellationRequested; round++)
            {
                await CommitAsync([.. Pair(partition, $"pair {round % 50}", round)]);
                await CommitAsync(new PutDocument(Document($"new {round}", partition), Bytes("v")), new DeleteKey(Document($"new {round - 20}", partition)));
            }
        })).ToArray();

        try
        {
            for (var round = 0; round < 4; round++)
            {
                var exported = (await ExportedStore.OfAsync(Provider)).Contents;

                exported.Keys.Where(static key => key.Id.StartsWith("still", StringComparison.Ordinal)).Should().HaveCount(200 * PartitionCount, "what nobody changes is always shown");
                foreach (var (key, content) in exported.Where(static item => item.Key.Shape is StateShape.Map))
                {
                    var fields = ((MapContent)content).Fields;
                    fields["left"].Counters.Span[0].Should().Be(fields["right"].Counters.Span[0], "a key is shown as of one instant, {0} too", key);
                    if (Provider.Capabilities.HasFlag(StateCapabilities.ConsistentExport))
                        Text(((DocumentContent)exported[Document(key.Id, key.Partition)]).Value).Should().Be($"{fields["left"].Counters.Span[0]}", "a partition is shown as of one instant");
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(writers);
        }
    }

    [Test]
    public async Task Export_EndedEarlyOrCancelled_LeavesTheStoreUsable()
    {
        await CommitAsync([.. Enumerable.Range(0, 500).Select(static i => new PutDocument(Document($"{i}"), Bytes("v")))]);
        using var ending = new CancellationTokenSource();

        (await Provider.ExportAsync(CancellationToken.None).Take(3).ToListAsync()).Should().HaveCount(3);
        await FluentActions.Awaiting(async () =>
        {
            await foreach (var _ in Provider.ExportAsync(ending.Token)) await ending.CancelAsync();
        }).Should().ThrowAsync<OperationCanceledException>();

        (await ExportedStore.OfAsync(Provider)).Contents.Should().HaveCount(500);
    }

    private static StateOperation[] Pair(int partition, string id, long value) =>
        [new SetFields(Map(id, partition), [Field("left", value), Field("right", value)]), new PutDocument(Document(id, partition), Bytes($"{value}"))];
}
