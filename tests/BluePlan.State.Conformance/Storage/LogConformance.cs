using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Logs: entries under sequence numbers that rise and are never given twice.</summary>
public abstract class LogConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Append_New_BeginsAtOne()
    {
        var results = await CommitAsync(Append("a", "b"));

        results[0].Should().Be(new OperationResult(Count: 2, Value: 1));
        await LogShouldBe(last: 2, (1, "a", null), (2, "b", null));
    }

    [Test]
    public async Task Append_Again_GoesOn()
    {
        await CommitAsync(Append("a", "b"));

        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("c"), "id c"), new(Bytes(""))])))[0].Should().Be(new OperationResult(Count: 4, Value: 3));
        await LogShouldBe(last: 4, (1, "a", null), (2, "b", null), (3, "c", "id c"), (4, "", null));
    }

    [Test]
    public async Task Append_AtLeast_JumpsForwardAndNeverBack()
    {
        const long Far = 1_772_000_000_000_000;
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("a")), new(Bytes("b"), "id b")], atLeast: 10)))[0].Should().Be(new OperationResult(Count: 2, Value: 10));
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("c"))], atLeast: 5)))[0].Should().Be(new OperationResult(Count: 3, Value: 12));
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("d"))], atLeast: 13)))[0].Should().Be(new OperationResult(Count: 4, Value: 13));
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("e"))], keepLast: 2, atLeast: Far)))[0].Should().Be(new OperationResult(Count: 2, Value: Far));

        (await CommitAsync(Append("f")))[0].Should().Be(new OperationResult(Count: 3, Value: Far + 1));
        await LogShouldBe(last: Far + 1, (13, "d", null), (Far, "e", null), (Far + 1, "f", null));
    }

    [Test]
    public async Task Append_AtLeastTheLast_LeavesNoSequence()
    {
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"))], atLeast: StateLimits.MaximumNumber)))[0].Value.Should().Be(StateLimits.MaximumNumber);

        await FluentActions.Awaiting(() => TryCommitAsync(new AppendEntries(Log(), [new(Bytes("b"))], atLeast: 1))).Should().ThrowAsync<OverflowException>();
        await FluentActions.Awaiting(() => TryCommitAsync(new AppendEntries(Log("two"), [new(Bytes("a")), new(Bytes("b"))], atLeast: StateLimits.MaximumNumber))).Should().ThrowAsync<OverflowException>();
        (await ReadAsync(Log("two"))).Should().BeNull();
    }

    [Test]
    public async Task Append_KnownId_ConflictsAndAppendsNothing()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), "1"), new(Bytes("b"), "2")]));

        var result = await TryCommitAsync(new AppendEntries(Log(), [new(Bytes("c"), "3"), new(Bytes("b"), "2"), new(Bytes("d"))]));

        result.Conflict.Should().Be(new CommitConflict(0, default));
        await LogShouldBe(last: 2, (1, "a", "1"), (2, "b", "2"));
    }

    [Test]
    public async Task Append_IdOfARemovedEntry_IsNewAgain()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), "1"), new(Bytes("b"), "2"), new(Bytes("c"), "3")]));
        await CommitAsync(new RemoveEntries(Log(), [new(2, 2)]));
        (await TryCommitAsync(new AppendEntries(Log(), [new(Bytes("x"), "3")]))).IsCommitted.Should().BeFalse("that entry is still there");

        await CommitAsync(new AppendEntries(Log(), [new(Bytes("again"), "2")]));

        await LogShouldBe(last: 4, (1, "a", "1"), (3, "c", "3"), (4, "again", "2"));
        (await ReadAsync(new LogRead(Log(), ["2"])))!.Entries.Single().Sequence.Should().Be(4);
    }

    [Test]
    public async Task Append_IdOfATrimmedEntry_IsNewAgain()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), "1"), new(Bytes("b"), "2")], keepLast: 1));

        (await TryCommitAsync(new AppendEntries(Log(), [new(Bytes("x"), "2")]))).IsCommitted.Should().BeFalse("that entry was kept");
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("again"), "1")], keepLast: 1));

        await LogShouldBe(last: 3, (3, "again", "1"));
    }

    [Test]
    public async Task Append_ExplicitSequences_LeaveGapsAndAreGoneOnFrom()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), Sequence: 5), new(Bytes("b")), new(Bytes("c"), Sequence: 100)]));

        (await CommitAsync(Append("d")))[0].Should().Be(new OperationResult(Count: 4, Value: 101));
        await LogShouldBe(last: 101, (5, "a", null), (6, "b", null), (100, "c", null), (101, "d", null));
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("e"), Sequence: 200)])))[0].Should().Be(new OperationResult(Count: 5, Value: 200));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4)]
    public async Task Append_ExplicitSequenceEverGiven_Conflicts(long sequence)
    {
        await CommitAsync(Append("a", "b", "c", "d"));
        await CommitAsync(new RemoveEntries(Log(), [new(2, 4)]));

        var result = await TryCommitAsync(new AppendEntries(Log(), [new(Bytes("x"), Sequence: sequence)]));

        result.Conflict.Should().Be(new CommitConflict(0, default));
        await LogShouldBe(last: 4, (1, "a", null));
    }

    [Test]
    public async Task Append_ExplicitSequenceTakenByTheEntriesBefore_Conflicts()
    {
        await CommitAsync(Append("a", "b", "c"));

        (await TryCommitAsync(new AppendEntries(Log(), [new(Bytes("x")), new(Bytes("y"), Sequence: 4)]))).IsCommitted.Should().BeFalse("x takes 4");
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("x")), new(Bytes("y"), Sequence: 5)]));

        await LogShouldBe(last: 5, (1, "a", null), (2, "b", null), (3, "c", null), (4, "x", null), (5, "y", null));
    }

    [Test]
    public async Task Append_KeepLast_RemovesTheOldest()
    {
        await CommitAsync(Append("a", "b", "c"));

        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("d")), new(Bytes("e"))], keepLast: 3)))[0].Should().Be(new OperationResult(Count: 3, Value: 4));
        await LogShouldBe(last: 5, (3, "c", null), (4, "d", null), (5, "e", null));
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("f"))], keepLast: 9)))[0].Should().Be(new OperationResult(Count: 4, Value: 6));
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("g")), new(Bytes("h")), new(Bytes("i"))], keepLast: 1)))[0].Should().Be(new OperationResult(Count: 1, Value: 7), "the first of the append was trimmed at once");
        await LogShouldBe(last: 9, (9, "i", null));
    }

    [Test]
    public async Task Append_KeepLastOverGaps_CountsEntriesNotSequences()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), Sequence: 10), new(Bytes("b"), Sequence: 20), new(Bytes("c"), Sequence: 30), new(Bytes("d"), Sequence: 40)]));
        await CommitAsync(new RemoveEntries(Log(), [new(30, 30)]));

        await CommitAsync(new AppendEntries(Log(), [new(Bytes("e"))], keepLast: 3));

        await LogShouldBe(last: 41, (20, "b", null), (40, "d", null), (41, "e", null));
    }

    [Test]
    public async Task Append_BeyondTheLastSequence_ThrowsAndAppendsNothing()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), Sequence: StateLimits.MaximumNumber - 1)]));
        await FluentActions.Awaiting(() => TryCommitAsync(Append("b", "c"))).Should().ThrowAsync<OverflowException>();
        await CommitAsync(Append("b"));

        await FluentActions.Awaiting(() => TryCommitAsync(Append("c"))).Should().ThrowAsync<OverflowException>();
        await FluentActions.Awaiting(() => TryCommitAsync(new AppendEntries(Log(), [new(Bytes("c"), "id")]))).Should().ThrowAsync<OverflowException>();

        await LogShouldBe(last: StateLimits.MaximumNumber, (StateLimits.MaximumNumber - 1, "a", null), (StateLimits.MaximumNumber, "b", null));
    }

    [Test]
    public async Task Replace_There_KeepsSequenceAndId()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), "1"), new(Bytes("b"), "2"), new(Bytes("c"))]));

        (await CommitAsync(new ReplaceEntry(Log(), 2, Bytes("a longer value"))))[0].Should().Be(default(OperationResult));
        await CommitAsync(new ReplaceEntry(Log(), 3, default));

        await LogShouldBe(last: 3, (1, "a", "1"), (2, "a longer value", "2"), (3, "", null));
        Text((await ReadAsync(new LogRead(Log(), ["2"])))!.Entries.Single().Value).Should().Be("a longer value");
    }

    [Test]
    public async Task Replace_NotThere_Conflicts()
    {
        await ShouldConflict(new ReplaceEntry(Log(), 1, Bytes("x")));
        (await ReadAsync(Log())).Should().BeNull();
        await CommitAsync(Append("a", "b", "c"));
        await CommitAsync(new RemoveEntries(Log(), [new(2, 2)]));

        await ShouldConflict(new ReplaceEntry(Log(), 2, Bytes("x")));
        await ShouldConflict(new ReplaceEntry(Log(), 4, Bytes("x")));
        await ShouldConflict(new ReplaceEntry(Log(), StateLimits.MaximumNumber, Bytes("x")));

        await LogShouldBe(last: 3, (1, "a", null), (3, "c", null));
    }

    [Test]
    public async Task Replace_Expected_ComparesBytes()
    {
        await CommitAsync(Append("a", ""));

        await ShouldConflict(new ReplaceEntry(Log(), 1, Bytes("x"), Bytes("b")));
        await ShouldConflict(new ReplaceEntry(Log(), 1, Bytes("x"), Bytes("aa")));
        await ShouldConflict(new ReplaceEntry(Log(), 1, Bytes("x"), Bytes("")));
        await ShouldConflict(new ReplaceEntry(Log(), 2, Bytes("x"), Bytes("a")));
        await LogShouldBe(last: 2, (1, "a", null), (2, "", null));

        await CommitAsync(new ReplaceEntry(Log(), 1, Bytes("x"), Bytes("a")));
        await CommitAsync(new ReplaceEntry(Log(), 2, Bytes("y"), Bytes("")));

        await LogShouldBe(last: 2, (1, "x", null), (2, "y", null));
    }

    [Test]
    public async Task Remove_Ranges_CountsWhatWasThere()
    {
        await CommitAsync(Append("a", "b", "c", "d", "e", "f", "g"));

        (await CommitAsync(new RemoveEntries(Log(), [new(1, 1), new(3, 4), new(7, 100)])))[0].Should().Be(new OperationResult(Count: 4));
        await LogShouldBe(last: 7, (2, "b", null), (5, "e", null), (6, "f", null));
        (await CommitAsync(new RemoveEntries(Log(), [new(3, 5)])))[0].Count.Should().Be(1);
        (await CommitAsync(new RemoveEntries(Log(), [new(3, 5)])))[0].Count.Should().Be(0);
        (await CommitAsync(new RemoveEntries(Log(), [new(8, long.MaxValue)])))[0].Count.Should().Be(0);
        await LogShouldBe(last: 7, (2, "b", null), (6, "f", null));
    }

    [Test]
    public async Task Remove_Everything_LeavesALogThatGoesOn()
    {
        await CommitAsync(Append("a", "b", "c"));

        (await CommitAsync(new RemoveEntries(Log(), [new(1, long.MaxValue)])))[0].Count.Should().Be(3);

        await LogShouldBe(last: 3);
        (await TryCommitAsync(new CheckKey(Log(), StateCondition.IfExists))).IsCommitted.Should().BeTrue("the emptied log is there");
        (await CommitAsync(Append("d")))[0].Should().Be(new OperationResult(Count: 1, Value: 4));
    }

    [Test]
    public async Task Remove_OfAnAbsentLog_MakesNone()
    {
        (await CommitAsync(new RemoveEntries(Log(), [new(1, long.MaxValue)])))[0].Should().Be(default(OperationResult));
        (await ReadAsync(Log())).Should().BeNull();
    }

    [Test]
    public async Task Check_EntriesThatAreThere_LetsTheCommitHappen()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), "1"), new(Bytes("b"), "2"), new(Bytes("c")), new(Bytes("d"), "4")]));

        (await CommitAsync(new CheckEntries(Log(), [new(4, "4"), new(1, "1")]), new RemoveEntries(Log(), [new(1, 1), new(3, 4)]))).Should().Equal(default, new OperationResult(Count: 3));

        await LogShouldBe(last: 4, (2, "b", "2"));
    }

    [TestCase(1, "2")]
    [TestCase(3, "3")]
    [TestCase(4, "4")]
    [TestCase(5, "new")]
    public async Task Check_EntryThatIsNotThere_IsAConflict(long sequence, string id)
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), "1"), new(Bytes("b"), "2"), new(Bytes("c")), new(Bytes("d"), "4")]));
        await CommitAsync(new RemoveEntries(Log(), [new(4, 4)]));

        var result = await TryCommitAsync(new RemoveEntries(Log(), [new(1, 3)]), new CheckEntries(Log(), [new(1, "1"), new(sequence, id)]));

        result.Conflict.Should().Be(new CommitConflict(1, default));
        await LogShouldBe(last: 4, (1, "a", "1"), (2, "b", "2"), (3, "c", null));
        (await TryCommitAsync(new CheckEntries(Log("absent"), [new(sequence, id)]))).IsCommitted.Should().BeFalse("there is no log");
    }

    [Test]
    public async Task Check_TenThousand_FindsTheOneThatIsAnother()
    {
        await CommitAsync(new AppendEntries(Log(), [.. Enumerable.Range(1, 10_000).Select(static i => new LogAppend(Bytes(""), $"id{i}"))]));
        LogEntryId[] all = [.. Enumerable.Range(1, 10_000).Select(static i => new LogEntryId(i, $"id{i}"))];

        (await TryCommitAsync(new CheckEntries(Log(), all))).IsCommitted.Should().BeTrue();
        foreach (var at in new[] { 0, 3_999, 4_000, 7_999, 8_000, 9_999 })
        {
            var (was, wrong) = (all[at], all[at] with { Sequence = 10_001 });
            all[at] = wrong;
            (await TryCommitAsync(new CheckEntries(Log(), all))).IsCommitted.Should().BeFalse("entry {0} is another", at);
            all[at] = was;
        }
    }

    [Test]
    public async Task Delete_There_BeginsAgainAtOneWithoutIds()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), "1"), new(Bytes("b"), "2")]));
        await CommitAsync(new RemoveEntries(Log(), [new(1, long.MaxValue)]));

        (await CommitAsync(new DeleteKey(Log())))[0].Count.Should().Be(1, "an emptied log is there");

        (await ReadAsync(Log())).Should().BeNull();
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("c"), "1")])))[0].Should().Be(new OperationResult(Count: 1, Value: 1));
        await LogShouldBe(last: 1, (1, "c", "1"));
    }

    [Test]
    public async Task Read_RangesAndLimits_AnswerRisingEntriesAndTheWholeCount()
    {
        await CommitAsync(Append([.. Enumerable.Range(1, 10).Select(static i => $"{i}")]));
        await CommitAsync(new RemoveEntries(Log(), [new(1, 1), new(5, 6)])); // 2 3 4 7 8 9 10 are left

        (await SequencesAsync(new LogRead(Log()))).Should().Equal(2, 3, 4, 7, 8, 9, 10);
        (await SequencesAsync(new LogRead(Log(), first: 4))).Should().Equal(4, 7, 8, 9, 10);
        (await SequencesAsync(new LogRead(Log(), last: 7))).Should().Equal(2, 3, 4, 7);
        (await SequencesAsync(new LogRead(Log(), 3, 8))).Should().Equal(3, 4, 7, 8);
        (await SequencesAsync(new LogRead(Log(), 5, 6))).Should().BeEmpty();
        (await SequencesAsync(new LogRead(Log(), 8, 3))).Should().BeEmpty();
        (await SequencesAsync(new LogRead(Log(), -5, 0))).Should().BeEmpty();
        (await SequencesAsync(new LogRead(Log(), long.MinValue, 3))).Should().Equal(2, 3);
        (await SequencesAsync(new LogRead(Log(), 11))).Should().BeEmpty();
        (await SequencesAsync(new LogRead(Log(), limit: 3))).Should().Equal(2, 3, 4);
        (await SequencesAsync(new LogRead(Log(), limit: 3, fromEnd: true))).Should().Equal(8, 9, 10);
        (await SequencesAsync(new LogRead(Log(), 3, 8, 2, fromEnd: true))).Should().Equal(7, 8);
        (await SequencesAsync(new LogRead(Log(), 3, 8, 2))).Should().Equal(3, 4);
        (await SequencesAsync(new LogRead(Log(), limit: 100, fromEnd: true))).Should().HaveCount(7);
        (await SequencesAsync(new LogRead(Log(), limit: 0))).Should().BeEmpty();
        (await SequencesAsync(new LogRead(Log(), limit: 0, fromEnd: true))).Should().BeEmpty();
        (await ReadAsync(new LogRead(Log("absent"), limit: 0))).Should().BeNull();
    }

    [Test]
    public async Task Read_Ids_AnswersThoseThatAreThere()
    {
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), "1"), new(Bytes("b"), "2"), new(Bytes("c")), new(Bytes("d"), "4"), new(Bytes("e"), "5")]));
        await CommitAsync(new RemoveEntries(Log(), [new(4, 4)]));

        var content = await ReadAsync(new LogRead(Log(), ["5", "x", "4", "1"]));

        content!.Entries.Select(static entry => (entry.Sequence, Text(entry.Value), entry.Id)).Should().Equal((1, "a", "1"), (5, "e", "5"));
        (content.Count, content.LastSequence).Should().Be((4, 5));
        (await ReadAsync(new LogRead(Log(), [])))!.Should().BeEquivalentTo(new { Count = 4, LastSequence = 5, Entries = Array.Empty<LogEntry>() });
        (await ReadAsync(new LogRead(Log("absent"), ["1"]))).Should().BeNull();
    }

    [Test]
    public async Task Append_TenThousand_AreReadReplacedAndRemoved()
    {
        await CommitAsync(new AppendEntries(Log(), [.. Enumerable.Range(1, 10_000).Select(static i => new LogAppend(Bytes($"v{i}"), $"id{i}"))]));
        (await TryCommitAsync(new AppendEntries(Log(), [.. Enumerable.Range(1, 10_000).Select(static i => new LogAppend(Bytes(""), $"id{i + 9_999}"))]))).Conflict.Should().NotBeNull("the first id is known");

        (await CommitAsync(new RemoveEntries(Log(), [.. Enumerable.Range(0, 4_000).Select(static i => new SequenceRange(2 * i + 1, 2 * i + 1))])))[0].Count.Should().Be(4_000);
        await CommitAsync(new ReplaceEntry(Log(), 5_000, Bytes("replaced"), Bytes("v5000")));
        var whole = (await ReadAsync(new LogRead(Log())))!;

        whole.Count.Should().Be(6_000);
        whole.Entries.Select(static entry => entry.Sequence).Should().Equal([.. Enumerable.Range(1, 4_000).Select(static i => 2L * i), .. Enumerable.Range(8_001, 2_000).Select(static i => (long)i)]);
        whole.Entries.Should().OnlyContain(static entry => Text(entry.Value) == (entry.Sequence == 5_000 ? "replaced" : $"v{entry.Sequence}") && entry.Id == $"id{entry.Sequence}");
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("last"), "id1")], keepLast: 5)))[0].Should().Be(new OperationResult(Count: 5, Value: 10_001));
        (await SequencesAsync(new LogRead(Log()))).Should().Equal(9_997, 9_998, 9_999, 10_000, 10_001);
        (await SequencesAsync(new LogRead(Log(), ["id1", "id2", "id9996", "id9997"]))).Should().Equal(9_997, 10_001);
    }

    private static AppendEntries Append(params string[] values) => new(Log(), [.. values.Select(static value => new LogAppend(Bytes(value)))]);

    private async Task<IEnumerable<long>> SequencesAsync(LogRead read)
    {
        var content = await ReadAsync(read);
        var whole = await ReadAsync(new LogRead(read.Key));
        (content!.Count, content.LastSequence).Should().Be((whole!.Count, whole.LastSequence), "every read tells about the whole log");
        return content.Entries.Select(static entry => entry.Sequence);
    }

    private async Task LogShouldBe(long last, params (long Sequence, string Value, string? Id)[] entries) =>
        StatePicture.Of(await ReadAsync(Log())).Should().Be(StatePicture.Of(new LogContent([.. entries.Select(static entry => new LogEntry(entry.Sequence, Bytes(entry.Value), entry.Id))], last, entries.Length)));

    private async Task ShouldConflict(StateOperation operation) => (await TryCommitAsync(operation)).Conflict.Should().Be(new CommitConflict(0, default));
}
