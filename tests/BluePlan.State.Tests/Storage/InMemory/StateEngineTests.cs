using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class StateEngineTests
{
    private static readonly StateKey Document = new(0, StateShape.Document, "t", "d"), Map = new(0, StateShape.Map, "t", "m"), Log = new(0, StateShape.Log, "t", "l"), Index = new(0, StateShape.Index, "t", "i");

    [Test]
    public async Task ReadOneAsync_WhatIsReadOrTouchedUnderTheLock_IsJudgedByTheTimeWithinIt()
    {
        // A time from before the wait for the lock would show, and touch back to life, what a commit meanwhile found expired.
        var time = new LockTime();
        var engine = new StateEngine(1, time);
        await engine.CommitAsync(new(
            new PutDocument(Document, default, StateExpiry.Sliding(TimeSpan.FromHours(1))), new SetFields(Map, [new("f", default)]), new AppendEntries(Log, [new(default)]), new SetScores(Index, [new("m", 1)])), default);
        time.Lock = engine.Partitions[0].Gate;

        foreach (var read in new StateRead[] { new DocumentRead(Document, StateExpiry.Keep), new DocumentRead(Document, StateExpiry.Sliding(TimeSpan.FromHours(2))), new MapRead(Map), new LogRead(Log), new IndexRead(Index), new UnionRead([Index]) })
        {
            time.WasHeld.Clear();
            (await engine.ReadOneAsync(read, default)).Should().NotBeNull();
            time.WasHeld.Should().Equal([true], "{0} looks at the clock once, under the lock", read.GetType().Name);
        }
    }

    [Test]
    public async Task ReadOneAsync_BigLogAndIndex_FreezesWhatItReadsOutsideTheLock()
    {
        var engine = new StateEngine(1, TimeProvider.System);
        for (var i = 0; i < 300; i++) await WriteAsync(i);
        var (log, index) = (LogRoot(), IndexRoot());
        await WriteAsync(300);
        (ReferenceEquals(LogRoot(), log), ReferenceEquals(IndexRoot(), index)).Should().Be((true, true), "what nobody reads is changed in place");

        await engine.ReadAsync([new LogRead(Log), new IndexRead(Index)], default);
        await WriteAsync(301);

        (ReferenceEquals(LogRoot(), log), ReferenceEquals(IndexRoot(), index)).Should().Be((false, false), "somebody may still be reading it");

        async Task WriteAsync(int i) => await engine.CommitAsync(new(new AppendEntries(Log, [new(default)]), new SetScores(Index, [new($"m{i:d4}", i)])), default);
        object LogRoot() => ((StoredLog)engine.Partitions[0].Keys.Find(Log)!.Content).Entries.View.Root;
        object IndexRoot() => ((StoredIndex)engine.Partitions[0].Keys.Find(Index)!.Content).Members.View.Root;
    }

    [Test]
    public async Task ReadOneAsync_SweptButNotAcknowledged_WaitsForTheJournal()
    {
        var journal = new HeldJournal { Acknowledged = long.MaxValue };
        var engine = new StateEngine(1, TimeProvider.System) { Journal = journal };
        await engine.CommitAsync(new(new PutDocument(Document, new byte[] { 1 })), default);
        journal.Acknowledged = journal.Last;
        var commit = engine.CommitAsync(new(new PutDocument(Document, new byte[] { 2 }, StateExpiry.At(DateTimeOffset.UnixEpoch))), default).AsTask();
        engine.Sweep(default);
        engine.Partitions[0].Keys.Count.Should().Be(0);

        var read = engine.ReadOneAsync(new DocumentRead(Document), default).AsTask();

        read.IsCompleted.Should().BeFalse("after a crash the first document would be there again");
        journal.Release();
        (await read).Should().BeNull();
        (await commit).IsCommitted.Should().BeTrue();
    }

    [Test]
    public async Task ReadOneAsync_PageWhoseDocumentIsNotAcknowledged_WaitsForTheJournal()
    {
        var journal = new HeldJournal { Acknowledged = long.MaxValue };
        var engine = new StateEngine(1, TimeProvider.System) { Journal = journal };
        await engine.CommitAsync(new(new SetScores(Index, [new(Document.Id, 1)])), default);
        journal.Acknowledged = journal.Last;
        var commit = engine.CommitAsync(new(new PutDocument(Document, new byte[] { 1 })), default).AsTask();

        var read = engine.ReadOneAsync(new PageRead(Index, Document.Type, "", 10), default).AsTask();

        read.IsCompleted.Should().BeFalse("after a crash the document would not be there");
        journal.Release();
        ((PageContent)(await read)!).Items.Should().ContainSingle().Which.Document.Should().NotBeNull();
        (await commit).IsCommitted.Should().BeTrue();
    }

    [Test]
    public async Task Replace_WhileDocumentsAreRead_IsSeenInAllPartitionsAtOnce()
    {
        const int Partitions = StateLimits.MaximumPartitions;
        var engine = new StateEngine(Partitions, TimeProvider.System);
        DocumentRead first = new(new(0, StateShape.Document, "t", "d")), last = new(new(Partitions - 1, StateShape.Document, "t", "d"));
        engine.Replace(await ReplacementAsync(0), null);
        var ended = false;
        var reader = Task.Run(async () =>
        {
            var torn = 0;
            while (!Volatile.Read(ref ended))
            {
                var seen = Number(await engine.ReadOneAsync(first, default));
                if (Number(await engine.ReadOneAsync(last, default)) < seen) torn++;
            }
            return torn;
        });

        for (var round = 1; round <= 500; round++) engine.Replace(await ReplacementAsync(round), null);
        Volatile.Write(ref ended, true);

        (await reader).Should().Be(0, "who has seen the new state in one partition does not see the old one in another");

        async Task<Replacement> ReplacementAsync(int number) => await engine.BuildReplacementAsync(
            new[] { first.Key, last.Key }.Select(key => new StateRecord(key, new DocumentContent(BitConverter.GetBytes(number), StateETag.New()))).ToAsyncEnumerable(), default);

        static int Number(StateContent? content) => BitConverter.ToInt32(((DocumentContent)content!).Value.Span);
    }

    /// <summary>Remembers for each look at the clock whether a lock was held.</summary>
    private sealed class LockTime : TimeProvider
    {
        public Lock? Lock { get; set; }

        public List<bool> WasHeld { get; } = [];

        public override DateTimeOffset GetUtcNow()
        {
            WasHeld.Add(Lock?.IsHeldByCurrentThread ?? false);
            return new(2026, 3, 1, 12, WasHeld.Count % 60, 0, TimeSpan.Zero);
        }
    }

    /// <summary>A journal that acknowledges nothing until it is told to.</summary>
    private sealed class HeldJournal : ICommitJournal
    {
        private readonly TaskCompletionSource _released = new();

        public long Last { get; private set; }

        public long Acknowledged { get; set; }

        public bool IsWritable => true;

        public long Append(int partition, DateTimeOffset time, IReadOnlyList<StateChange> changes) => ++Last;

        public async ValueTask<T> WaitAsync<T>(long position, T answer, bool wrote, CancellationToken cancellationToken)
        {
            await _released.Task.WaitAsync(cancellationToken);
            return answer;
        }

        public void Fail(Exception exception) => throw exception;

        public void Release()
        {
            Acknowledged = Last;
            _released.SetResult();
        }
    }
}
