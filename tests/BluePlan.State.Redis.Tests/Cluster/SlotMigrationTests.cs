using System.Collections.Concurrent;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>Slots move from master to master while a store is in use, as when a cluster is resharded.</summary>
[TestFixture]
public sealed class SlotMigrationTests
{
    private const int Partitions = 32;

    private TestCluster _cluster = null!;
    private ConnectionMultiplexer _admin = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _cluster = await TestServers.StartClusterAsync();
        _admin = await ConnectionMultiplexer.ConnectAsync($"{_cluster.ConnectionString},allowAdmin=true");
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        if (_admin is not null) await _admin.DisposeAsync();
        _cluster?.Dispose();
    }

    [Test]
    public async Task ExportAsync_SlotMovesToAMasterThatWasScanned_ShowsEveryKey()
    {
        await using var provider = await OpenAsync("export");
        StateKey[] keys = [.. Enumerable.Range(0, 10 * Partitions).Select(static n => new StateKey(n % Partitions, StateShape.Document, "test", $"{n}"))];
        foreach (var key in keys) await provider.CommitAsync(new(new PutDocument(key, new byte[] { 1 })), default);

        var shown = new List<StateKey>();
        TestServer? first = null, second = null;
        await foreach (var record in provider.ExportAsync(default))
        {
            shown.Add(record.Key);
            if (second is not null) continue;
            var master = await _cluster.MasterOfAsync(Slot(record.Key.Partition));
            first ??= master;
            if (master == first) continue;
            // The first master is done, the second begun: what is on the third moves to the first now.
            second = master;
            for (var partition = 0; partition < Partitions; partition++)
                if (await _cluster.MasterOfAsync(Slot(partition)) is var third && third != first && third != second) await _cluster.MoveSlotAsync(_admin, Slot(partition), first);
        }

        second.Should().NotBeNull("the partitions lie on three masters");
        shown.Should().BeEquivalentTo(keys, "each is shown, and once");
    }

    [TestCase(0)]
    [TestCase(1)]
    public async Task CommitAsync_SlotsMoveMeanwhile_GoesOn(int minReplicas)
    {
        await using var provider = await OpenAsync($"commits-{minReplicas}", minReplicas);
        using var end = new CancellationTokenSource();
        var written = new ConcurrentQueue<StateKey>();
        var writers = Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; !end.IsCancellationRequested; n++)
            {
                // A new log has two keys, of which a slot that is on its way may have none, or one.
                var key = new StateKey(n % 4, StateShape.Log, "test", $"{writer} {n}");
                await provider.CommitAsync(new(new AppendEntries(key, [new(new byte[] { 1 }, "a"), new(new byte[] { 2 }, "b")])), default);
                await provider.CommitAsync(new(new AppendEntries(key, [new(new byte[] { 3 }, "c")])), default);
                // Few stay, since each is moved again and again.
                if (n % 16 > 0) (await provider.CommitAsync(new(new DeleteKey(key)), default)).Results[0].Count.Should().Be(1);
                else written.Enqueue(key);
            }
        })).ToArray();

        for (var move = 0; move < 12 && !writers.Any(static writer => writer.IsCompleted); move++)
        {
            var slot = Slot(move % 4);
            var master = await _cluster.MasterOfAsync(slot);
            await _cluster.MoveSlotAsync(_admin, slot, _cluster.Nodes.Take(3).First(node => node != master));
        }
        await end.CancelAsync();
        await Task.WhenAll(writers);

        var logs = await provider.ReadAsync([.. written.Select(static key => new LogRead(key))], default);
        logs.Should().NotBeEmpty().And.AllSatisfy(static log => ((LogContent)log!).Entries.Select(static entry => entry.Id).Should().Equal("a", "b", "c"));
        var shown = new List<StateKey>();
        await foreach (var record in provider.ExportAsync(default)) shown.Add(record.Key);
        shown.Should().BeEquivalentTo(written);
    }

    [Test]
    public async Task ReadAsync_SlotIsUnderWay_AnswersWhatEitherMasterHas()
    {
        const int Documents = 40;
        await using var provider = await OpenAsync("reads");
        var etag = default(StateETag);
        for (var n = 0; n < Documents; n++)
        {
            var commit = new StateCommit(new PutDocument(new(0, StateShape.Document, "test", $"{n}"), new[] { (byte)n }, StateExpiry.Sliding(TimeSpan.FromHours(1))));
            etag = commit.ETag;
            await provider.CommitAsync(commit, default);
        }
        StateRead[] reads = [.. Enumerable.Range(0, Documents + 10).Select(static n => new DocumentRead(new(0, StateShape.Document, "test", $"{n}"), n % 2 == 0 ? StateExpiry.Keep : null))];
        IReadOnlyList<StateContent?> answers = [];
        var before = await _cluster.MasterOfAsync(Slot(0));

        await _cluster.MoveSlotAsync(_admin, Slot(0), _cluster.Nodes.Take(3).First(node => node != before), async () => answers = await provider.ReadAsync(reads, default));

        answers.Select(static answer => answer is DocumentContent document ? document.Value.Span[0] : -1).Should().Equal([.. Enumerable.Range(0, Documents), .. Enumerable.Repeat(-1, 10)]);
        ((DocumentContent)answers[Documents - 1]!).ETag.Should().Be(etag);
        (await provider.ReadAsync(reads, default)).Count(static answer => answer is not null).Should().Be(Documents);
    }

    [Test]
    public async Task ReadAsync_PageWhileItsSlotIsUnderWay_AnswersWhatEitherMasterHas()
    {
        const int Documents = 40;
        await using var provider = await OpenAsync("pages");
        StateKey Index(string id) => new(0, StateShape.Index, "test", id);
        StateOperation[] indexes = [.. Enumerable.Range(0, 20).Select(n => new SetScores(Index($"{n}"), [.. Enumerable.Range(0, Documents + 5).Select(static n => new IndexMember($"{n}", n))]))];
        StateOperation[] documents = [.. Enumerable.Range(0, Documents).Select(static n => new PutDocument(new(0, StateShape.Document, "test", $"{n}"), new[] { (byte)n }))];
        // What is written last moves first: some of the indexes before most of the documents that they name, the others behind them.
        await provider.CommitAsync(new([.. indexes[..10], .. documents, .. indexes[10..]]), default);
        var pages = new List<PageContent?>();
        var before = await _cluster.MasterOfAsync(Slot(0));

        await _cluster.MoveSlotAsync(_admin, Slot(0), _cluster.Nodes.Take(3).First(node => node != before), async () =>
        {
            for (var n = 0; n < 20; n++) pages.Add(await provider.ReadPageAsync(new(Index($"{n}"), "test", "", 100)));
        });

        pages.Should().HaveCount(20);
        foreach (var page in pages) page!.Items.Select(static item => item.Document?.Value.Span[0] ?? -1).Should().Equal([.. Enumerable.Range(0, Documents), .. Enumerable.Repeat(-1, 5)]);
    }

    private static int Slot(int partition) => HashTags.Slot(HashTags.Of(partition));

    private async Task<RedisStateProvider> OpenAsync(string prefix, int minReplicas = 0)
    {
        var provider = new RedisStateProvider(_cluster.ConnectionString, new() { KeyPrefix = prefix, MinReplicas = minReplicas, ReplicaTimeout = TimeSpan.FromSeconds(10) });
        await provider.OpenAsync(Partitions, default);
        return provider;
    }
}
