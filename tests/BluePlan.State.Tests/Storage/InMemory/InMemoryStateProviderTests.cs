using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class InMemoryStateProviderTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Test]
    public async Task ReadAsync_Slid_StaysSoWhateverHappensToOtherKeys()
    {
        const int Slid = 500, Others = 5_000;
        await using var provider = new InMemoryStateProvider(_time);
        await provider.OpenAsync(1, CancellationToken.None);
        StateKey Key(int n) => new(0, StateShape.Document, "slid", $"{n}");
        ValueTask<CommitResult> PutAsync(int n, StateExpiry expiry) => provider.CommitAsync(new StateCommit([new PutDocument(Key(n), new byte[] { 1 }, expiry)]), CancellationToken.None);
        for (var n = 0; n < Slid; n++) await PutAsync(n, StateExpiry.Sliding(TimeSpan.FromMinutes(10)));
        var before = provider.ExportAsync(CancellationToken.None).GetAsyncEnumerator();
        await before.MoveNextAsync();
        _time.Advance(TimeSpan.FromMinutes(8));
        for (var n = 0; n < Slid; n++) await provider.ReadOneAsync(new DocumentRead(Key(n), StateExpiry.Keep), CancellationToken.None);
        // The table grows, chains change in front of what was slid and behind it, and segments are copied for the export.
        for (var n = Slid; n < Others; n++) await PutAsync(n, StateExpiry.Never);
        for (var n = Slid; n < Others; n += 2) await provider.CommitAsync(new StateCommit([new DeleteKey(Key(n))]), CancellationToken.None);
        await before.DisposeAsync();
        _time.Advance(TimeSpan.FromMinutes(8));
        await provider.MaintainAsync(CancellationToken.None);

        for (var n = 0; n < Slid; n++)
            (await provider.ReadOneAsync(new DocumentRead(Key(n)), CancellationToken.None))!.Expiry.Instant.Should().Be(_time.GetUtcNow().AddMinutes(2));
        (await provider.ExportAsync(CancellationToken.None).CountAsync(r => r.Content.Expiry.Instant == _time.GetUtcNow().AddMinutes(2))).Should().Be(Slid);
    }

    [Test]
    public async Task ReadOneAsync_SameDocumentTwice_HandsOutTheSameInstance()
    {
        await using var provider = await OpenAsync();
        await provider.CommitAsync(new(new PutDocument(Document(1), new byte[] { 1 }, StateExpiry.After(TimeSpan.FromHours(1)))), default);

        var read = provider.ReadOneAsync(new DocumentRead(Document(1)), default).AsTask();

        read.IsCompletedSuccessfully.Should().BeTrue("memory needs nobody to wait");
        (await read).Should().NotBeNull().And.BeSameAs(await provider.ReadOneAsync(new DocumentRead(Document(1)), default));
    }

    [Test]
    public async Task Commits_ExpiringKeys_LeaveMemoryWithoutMaintenance()
    {
        await using var provider = await OpenAsync();
        var engine = provider.Engine;

        for (var i = 0; i < 20_000; i++)
        {
            await provider.CommitAsync(new(new PutDocument(Document(i), new byte[1], StateExpiry.After(TimeSpan.FromSeconds(1)))), default);
            if (i % 100 == 0) _time.Advance(TimeSpan.FromSeconds(1));
        }

        engine.Partitions.Sum(p => p.Keys.Count).Should().BeLessThan(3_000, "some 100 live at a time");
    }

    [Test]
    public async Task MaintainAsync_ExpiredKeys_LeaveMemory()
    {
        await using var provider = await OpenAsync();
        for (var i = 0; i < 3_000; i++) await provider.CommitAsync(new(new PutDocument(Document(i), new byte[1], i < 10 ? default : StateExpiry.After(TimeSpan.FromSeconds(1)))), default);
        await provider.CommitAsync(new(new SetScores(new(1, StateShape.Index, "i", "i"), [new("m", 1)]), new ExpireKey(new(1, StateShape.Index, "i", "i"), StateExpiry.After(TimeSpan.FromSeconds(1)))), default);
        _time.Advance(TimeSpan.FromSeconds(1));

        await provider.MaintainAsync(default);

        provider.Engine.Partitions.Sum(p => p.Keys.Count).Should().Be(10);
    }

    [Test]
    public async Task ReadOneAsync_DuringCommitsOfTwoDocuments_NeverShowsHalfACommit()
    {
        await using var provider = await OpenAsync();
        await PutBothAsync(provider, 0);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            var (reads, halves) = (0, 0);
            do
            {
                var first = await provider.ReadAsync(new DocumentRead(Document(1)), default);
                var second = await provider.ReadAsync(new DocumentRead(Document(2)), default);
                reads++;
                if (BitConverter.ToInt32(second!.Value.Span) < BitConverter.ToInt32(first!.Value.Span)) halves++;
            }
            while (!done.IsCancellationRequested);
            return (reads, halves);
        });

        for (var i = 1; i <= 20_000; i++) await PutBothAsync(provider, i);
        await done.CancelAsync();

        var (reads, halves) = await reader;
        halves.Should().Be(0, "{0} pairs were read", reads);
    }

    [Test]
    public async Task ReadOneAsync_WholeMapLogAndIndex_StayAsTheyWereRead()
    {
        await using var provider = await OpenAsync();
        StateKey map = new(1, StateShape.Map, "m", "m"), log = new(1, StateShape.Log, "l", "l"), index = new(1, StateShape.Index, "i", "i");
        for (var i = 0; i < 500; i++) await WriteAsync(i);

        var fields = (await provider.ReadAsync(new MapRead(map)))!.Fields;
        var entries = (await provider.ReadAsync(new LogRead(log)))!.Entries;
        var members = (await provider.ReadAsync(new IndexRead(index)))!.Members;
        for (var i = 0; i < 1_000; i++) await WriteAsync(i);
        await provider.CommitAsync(new(new RemoveEntries(log, [new(1, 900)]), new RemoveScores(index, 0, 900), new RemoveFields(map, ["f1", "f2"])), default);

        fields.Should().HaveCount(500);
        fields.Values.Should().AllSatisfy(v => v.Counters.ToArray().Should().Equal(1));
        fields["f1"].Counters.ToArray().Should().Equal(1);
        fields.ContainsKey("f500").Should().BeFalse();
        entries.Select(e => e.Sequence).Should().Equal(Enumerable.Range(1, 500).Select(i => (long)i));
        members.Select(m => m.Score).Should().Equal(Enumerable.Range(0, 500).Select(i => (long)i));

        async Task WriteAsync(int i) => await provider.CommitAsync(new(
            new IncrementFields(map, [new($"f{i}", new long[] { 1 })]), new AppendEntries(log, [new(default)]), new SetScores(index, [new($"m{i:d4}", i)])), default);
    }

    [Test]
    public async Task ExportAsync_WhileAPartitionIsWritten_ShowsItAsOfOneInstant()
    {
        await using var provider = await OpenAsync();
        var keys = Enumerable.Range(0, 2_000).Select(Document).ToArray();
        foreach (var key in keys) await provider.CommitAsync(new(new PutDocument(key, BitConverter.GetBytes(0))), default);
        await provider.CommitAsync(new(new IncrementFields(new(1, StateShape.Map, "m", "m"), [new("round", new long[] { 0 })])), default);

        var values = new List<int>();
        long round = -1;
        await foreach (var record in provider.ExportAsync(default))
        {
            if (record.Content is DocumentContent document) values.Add(BitConverter.ToInt32(document.Value.Span));
            if (record.Content is MapContent map) round = map.Fields["round"].Counters.Span[0];
            // The consumer itself writes on between two records.
            var next = values.Count;
            if (next < 40) await provider.CommitAsync(new([.. keys.Select(k => new PutDocument(k, BitConverter.GetBytes(next))), (StateOperation)new IncrementFields(new(1, StateShape.Map, "m", "m"), [new("round", new long[] { 1 })])]), default);
        }

        values.Should().HaveCount(2_000).And.OnlyContain(v => v == 0, "that was the instant at which the export came to the partition");
        round.Should().Be(0);
    }

    [Test]
    public async Task ExportAsync_BigLog_ComesInPartsThatImportToTheSame()
    {
        await using var provider = await OpenAsync();
        StateKey log = new(2, StateShape.Log, "l", "l");
        for (var i = 0; i < 50; i++) await provider.CommitAsync(new(new AppendEntries(log, [.. Enumerable.Range(0, 50).Select(j => new LogAppend(new byte[1_000], $"{i}-{j}"))])), default);
        await provider.CommitAsync(new(new RemoveEntries(log, [new(2_400, 2_500)])), default);
        var records = await provider.ExportAsync(default).ToListAsync();
        await using var copy = await OpenAsync();

        await copy.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Merge, default);

        records.Count.Should().BeGreaterThan(5);
        records.Select(r => r.Continues).Should().Equal(Enumerable.Range(0, records.Count).Select(i => i > 0));
        var content = (await copy.ReadAsync(new LogRead(log)))!;
        (content.LastSequence, content.Count).Should().Be((2_500, 2_399));
        content.Entries.Select(StateRecordSamples.Picture).Should().Equal((await provider.ReadAsync(new LogRead(log)))!.Entries.Select(StateRecordSamples.Picture));
        (await copy.CommitAsync(new(new AppendEntries(log, [new(default, "0-0")])), default)).IsCommitted.Should().BeFalse("the ids came with the entries");
    }

    [Test]
    public async Task WatchAsync_Ended_LeavesNothingBehind()
    {
        await using var provider = await OpenAsync();
        var staying = provider.WatchAsync(Document(1), default).GetAsyncEnumerator();
        await staying.MoveNextAsync();

        for (var i = 1; i < 4; i++)
            await foreach (var _ in provider.WatchAsync(Document(i), default)) break;

        provider.Engine.Watchers.Count.Should().Be(1, "one still watches");
        await staying.DisposeAsync();
        provider.Engine.Watchers.Count.Should().Be(0);
    }

    private static IEnumerable<TestCaseData> RecordsThatNoStoreHolds()
    {
        StateKey map = new(1, StateShape.Map, "m", "m"), log = new(1, StateShape.Log, "l", "l"), index = new(1, StateShape.Index, "i", "i");
        LogContent LogOf(params LogEntry[] entries) => new(entries, 9, entries.Length);
        TestCaseData Case(string name, params StateRecord[] records) => new TestCaseData((object)records).SetArgDisplayNames(name);
        yield return Case("no key", new StateRecord(default, new DocumentContent(default, StateETag.New())));
        yield return Case("no content", new StateRecord(map, null!));
        yield return Case("a value too big", new StateRecord(Document(1), new DocumentContent(new byte[StateLimits.MaximumValueBytes + 1], StateETag.New())));
        yield return Case("a map that slides", new StateRecord(map, new MapContent(new Dictionary<string, MapValue> { ["f"] = default }) { Expiry = StateExpiry.Sliding(TimeSpan.FromHours(1)) }));
        yield return Case("a field without a name", new StateRecord(map, new MapContent(new Dictionary<string, MapValue> { [""] = default })));
        yield return Case("a member without a name", new StateRecord(index, new IndexContent([new("", 1)], 1)));
        yield return Case("half a character", new StateRecord(index, new IndexContent([new("\uD83D", 1)], 1)));
        yield return Case("a score beyond the limit", new StateRecord(index, new IndexContent([new("m", StateLimits.MaximumNumber + 1)], 1)));
        yield return Case("less than no member", new StateRecord(index, new IndexContent([new("m", 1)], -1)));
        yield return Case("more members than can be", new StateRecord(index, new IndexContent([new("m", 1)], long.MaxValue)));
        yield return Case("sequences that fall", new StateRecord(log, LogOf(new(2, default), new(1, default))));
        yield return Case("sequences that fall in the next part", new StateRecord(log, LogOf(new LogEntry(2, default))), new StateRecord(log, LogOf(new LogEntry(2, default)), Continues: true));
        yield return Case("sequence zero", new StateRecord(log, LogOf(new LogEntry(0, default))));
        yield return Case("a sequence beyond the limit", new StateRecord(log, LogOf(new LogEntry(StateLimits.MaximumNumber + 1, default))));
        yield return Case("a last sequence below none", new StateRecord(log, new LogContent([], -1, 0)));
        yield return Case("a last sequence beyond the limit", new StateRecord(log, new LogContent([], StateLimits.MaximumNumber + 1, 0)));
        yield return Case("less than no entry", new StateRecord(log, new LogContent([], 1, -1)));
        yield return Case("an id twice", new StateRecord(log, LogOf(new(1, default, "a"), new(2, default, "a"))));
        yield return Case("an id twice in two parts", new StateRecord(log, LogOf(new LogEntry(1, default, "a"))), new StateRecord(log, LogOf(new LogEntry(2, default, "a")), Continues: true));
        yield return Case("a part of nothing", new StateRecord(log, LogOf(new LogEntry(1, default)), Continues: true));
        yield return Case("a part of another key", new StateRecord(map, new MapContent(new Dictionary<string, MapValue> { ["f"] = default })), new StateRecord(log, LogOf(new LogEntry(1, default)), Continues: true));
        yield return Case("a document in parts", new StateRecord(Document(1), new DocumentContent(default, StateETag.New())), new StateRecord(Document(1), new DocumentContent(default, StateETag.New()), Continues: true));
    }

    [TestCaseSource(nameof(RecordsThatNoStoreHolds))]
    public async Task ImportAsync_RecordThatNoStoreHolds_IsRefused(StateRecord[] records)
    {
        await using var provider = await OpenAsync();

        await FluentActions.Awaiting(() => provider.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Replace, default).AsTask()).Should().ThrowAsync<ArgumentException>();

        provider.Engine.Partitions.Sum(p => p.Keys.Count).Should().Be(0);
    }

    [Test]
    public async Task ImportAsync_MapOrIndexWithoutMembers_MakesNone()
    {
        await using var provider = await OpenAsync();

        await provider.ImportAsync(new StateRecord[]
        {
            new(new(1, StateShape.Map, "m", "m"), new MapContent(new Dictionary<string, MapValue>())), new(new(1, StateShape.Index, "i", "i"), new IndexContent([], 0)),
        }.ToAsyncEnumerable(), StateImportMode.Merge, default);

        provider.Engine.Partitions.Sum(p => p.Keys.Count).Should().Be(0, "without members they are absent");
    }

    private static StateKey Document(int number) => new(1, StateShape.Document, "sample", $"key-{number}");

    private static async Task PutBothAsync(InMemoryStateProvider provider, int value) =>
        await provider.CommitAsync(new(new PutDocument(Document(1), BitConverter.GetBytes(value)), new PutDocument(Document(2), BitConverter.GetBytes(value))), default);

    private async Task<InMemoryStateProvider> OpenAsync()
    {
        var provider = new InMemoryStateProvider(_time);
        await provider.OpenAsync(4, default);
        return provider;
    }
}
