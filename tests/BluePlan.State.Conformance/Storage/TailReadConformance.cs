using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>The tail of a log, for a reader that keeps what it has seen.</summary>
public abstract class TailReadConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [SetUp]
    public void NeedLogRevisions() => Needs(StateCapabilities.LogRevisions);

    [Test]
    public async Task Tail_NothingKnown_AnswersTheNewest()
    {
        await CommitAsync(Append(1, 2, 3, 4, 5));

        Shown(await TailAsync(3)).Should().Be("3 4 5 of 5, last 5, instead");
        Shown(await TailAsync(5)).Should().Be("1 2 3 4 5 of 5, last 5, instead");
        Shown(await TailAsync(int.MaxValue)).Should().Be("1 2 3 4 5 of 5, last 5, instead");
        Shown(await TailAsync(0)).Should().Be("none of 5, last 5, instead");
        (await ReadAsync(new TailRead(Log("absent"), 3))).Should().BeNull();
    }

    [Test]
    public async Task Tail_NothingNew_AnswersNothingThatFollows()
    {
        await CommitAsync(Append(1, 2, 3));
        var known = Version(await TailAsync(2));

        foreach (var limit in new[] { 0, 1, 2, 100, int.MaxValue }) Shown(await TailAsync(limit, known)).Should().Be("none of 3, last 3, following");
    }

    [Test]
    public async Task Tail_Appended_AnswersWhatIsNew()
    {
        await CommitAsync(Append(1, 2, 3));
        var first = await TailAsync(3);
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("50"), "id", 50), new(Bytes("51"))], keepLast: 9));

        var next = await TailAsync(3, Version(first));

        Shown(next).Should().Be("50 51 of 5, last 51, following");
        next.Entries[0].Id.Should().Be("id");
        next.Revision.Should().Be(first.Revision);
        Shown(await TailAsync(3, Version(next))).Should().Be("none of 5, last 51, following");
        Shown(await TailAsync(3, Version(first) with { LastSequence = 2 })).Should().Be("3 50 51 of 5, last 51, following");
        Shown(await TailAsync(9, Version(first) with { LastSequence = 20 })).Should().Be("50 51 of 5, last 51, following", "a sequence that was left out is known like others");
    }

    [Test]
    public async Task Tail_MoreIsNewThanTheLimit_AnswersTheNewestAndSaysSo()
    {
        await CommitAsync(Append(1, 2, 3));
        var known = Version(await TailAsync(3));
        await CommitAsync(Append(4, 5, 6));

        Shown(await TailAsync(3, known)).Should().Be("4 5 6 of 6, last 6, following");
        Shown(await TailAsync(2, known)).Should().Be("5 6 of 6, last 6, instead");
        Shown(await TailAsync(0, known)).Should().Be("none of 6, last 6, instead");
    }

    [Test]
    public async Task Tail_Edited_AnswersTheNewest()
    {
        await CommitAsync(Append(1, 2, 3, 4));
        StateOperation[] edits = [new ReplaceEntry(Log(), 2, Bytes("2")), new RemoveEntries(Log(), [new(1, 1)]), new AppendEntries(Log(), [new(Bytes("5"))], keepLast: 3)];
        string[] expected = ["3 4 of 4, last 4, instead", "3 4 of 3, last 4, instead", "4 5 of 3, last 5, instead"];
        foreach (var (edit, shown) in edits.Zip(expected))
        {
            var known = Version(await TailAsync(2));
            await CommitAsync(edit);

            Shown(await TailAsync(2, known)).Should().Be(shown);
        }
    }

    [Test]
    public async Task Tail_DeletedAndBegunAgainOverTheSameSequences_AnswersTheNewest()
    {
        await CommitAsync(Append(1, 2, 3));
        var known = Version(await TailAsync(3));
        await CommitAsync(new DeleteKey(Log()));
        (await ReadAsync(new TailRead(Log(), 3, known))).Should().BeNull();
        await CommitAsync(Append(1, 2, 3, 4));

        Shown(await TailAsync(9, known)).Should().Be("1 2 3 4 of 4, last 4, instead");
    }

    [Test]
    public async Task Tail_ExpiredAndBegunAgainOverTheSameSequences_AnswersTheNewest()
    {
        await CommitAsync(Append(1, 2), new ExpireKey(Log(), StateExpiry.After(Ticks(2))));
        var first = await TailAsync(3);
        first.Expiry.Should().Be(await ExpiryAsync(Log()));
        await Harness.AdvanceAsync(Ticks(3.5));
        (await ReadAsync(new TailRead(Log(), 3, Version(first)))).Should().BeNull();
        await CommitAsync(Append(1, 2, 3));

        Shown(await TailAsync(9, Version(first))).Should().Be("1 2 3 of 3, last 3, instead");
    }

    [Test]
    public async Task Tail_EmptiedLog_AnswersNothing()
    {
        await CommitAsync(Append(1, 2));
        await CommitAsync(new RemoveEntries(Log(), [new(1, 2)]));
        var emptied = await TailAsync(3);
        Shown(emptied).Should().Be("none of 0, last 2, instead");
        Shown(await TailAsync(3, Version(emptied))).Should().Be("none of 0, last 2, following");

        await CommitAsync(Append(3));

        Shown(await TailAsync(3, Version(emptied))).Should().Be("3 of 1, last 3, following");
    }

    [Test]
    public async Task Tail_KnownBeyondTheLog_AnswersTheNewest()
    {
        await CommitAsync(Append(1, 2, 3));
        var known = Version(await TailAsync(2)) with { LastSequence = 4 };

        Shown(await TailAsync(2, known)).Should().Be("2 3 of 3, last 3, instead", "the reader has seen an entry that the store has lost");
        Shown(await TailAsync(2, known with { LastSequence = StateLimits.MaximumNumber })).Should().Be("2 3 of 3, last 3, instead");
    }

    [Test]
    public async Task Tail_LongLog_AnswersAsShortOnes()
    {
        for (var from = 1; from <= 3_000; from += 1_000) await CommitAsync(Append([.. Enumerable.Range(from, 1_000)]));
        var known = Version(await TailAsync(1));
        await CommitAsync(Append([.. Enumerable.Range(3_001, 500)]));

        foreach (var (limit, from, follows) in new[] { (200, 3_301, false), (499, 3_002, false), (500, 3_001, true), (2_000, 3_001, true) })
        {
            var tail = await TailAsync(limit, known);
            tail.Entries.Select(static entry => Text(entry.Value)).Should().Equal(Enumerable.Range(from, 3_501 - from).Select(static i => $"{i}"));
            tail.IsContinuation.Should().Be(follows);
        }
    }

    [Test]
    public async Task Tail_WhileOthersAppendAndEdit_KeepsAReaderExact()
    {
        const int Limit = 8, Rounds = 150;
        await CommitAsync(Append(0));
        using var read = new SemaphoreSlim(0);
        var (writing, kept, known, followed) = (true, new List<LogEntry>(), default(LogVersion), 0);
        var writer = Task.Run(async () =>
        {
            var random = new Random(7);
            for (var i = 1; i <= Rounds; i++)
            {
                if (random.Next(8) == 0) await CommitAsync(new DeleteKey(Log()));
                else if (random.Next(4) == 0) await CommitAsync(new AppendEntries(Log(), [new(Bytes($"{i}"))], keepLast: 12));
                else if (random.Next(4) == 0) await TryCommitAsync(new ReplaceEntry(Log(), 1 + random.Next(9), Bytes($"{i}")));
                else await CommitAsync(Append(i));
                if (i % 3 == 0) await read.WaitAsync();
            }
            await CommitAsync(Append(Rounds + 1));
            Volatile.Write(ref writing, false);
        });
        for (var last = false; !last;)
        {
            last = !Volatile.Read(ref writing);
            var answer = await ReadAsync(new TailRead(Log(), Limit, known));
            read.Release();
            if (answer is not { } tail)
            {
                (kept, known) = ([], default);
                continue;
            }
            if (tail.IsContinuation) followed++;
            kept = tail.IsContinuation ? [.. kept, .. tail.Entries] : [.. tail.Entries];
            known = Version(tail);
            kept.Select(static entry => entry.Sequence).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        }
        await writer;

        var whole = (await ReadAsync(new LogRead(Log(), limit: Limit, fromEnd: true)))!;
        kept.TakeLast(Limit).Select(Shown).Should().Equal(whole.Entries.Select(Shown));
        followed.Should().BePositive();
    }

    private static AppendEntries Append(params int[] values) => new(Log(), [.. values.Select(static value => new LogAppend(Bytes($"{value}")))]);

    private static LogVersion Version(LogContent content) => new(content.Revision, content.LastSequence);

    private static string Shown(LogContent content) =>
        $"{(content.Entries.Count == 0 ? "none" : string.Join(' ', content.Entries.Select(static entry => Text(entry.Value))))} of {content.Count}, last {content.LastSequence}, {(content.IsContinuation ? "following" : "instead")}";

    private static string Shown(LogEntry entry) => $"{entry.Sequence} {Text(entry.Value)}";

    private async Task<LogContent> TailAsync(int limit, LogVersion known = default) => (await ReadAsync(new TailRead(Log(), limit, known)))!;
}
