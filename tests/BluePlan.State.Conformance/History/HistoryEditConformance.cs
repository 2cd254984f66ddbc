using System.Collections.Concurrent;
using System.Text.Json;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Messages that are edited and removed.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryEditConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IHistoryManager History => State.History;

    private static readonly HistoryMessage[] Talk =
    [
        HistoryMessage.System("rules"), HistoryMessage.User("q1"), HistoryMessage.Assistant(null, new ToolCall("x", "t", "1"), new ToolCall("y", "t", "2")), HistoryMessage.Tool("x", "rx"), HistoryMessage.Tool("y", "ry"),
        HistoryMessage.Assistant("a1"), HistoryMessage.User("q2"), HistoryMessage.Assistant(null, new ToolCall("z", "t", "3")),
    ];

    [Test]
    public async Task EditAsync_There_ChangesItInItsPlace()
    {
        var id = await MakeAsync();
        var before = await History.ReadAsync(id);
        await AdvanceAsync(1);

        var edited = (await History.EditAsync(id, 2, static m => m with { Text = "better", Name = "Ann", Pinned = true, Parts = JsonElement.Parse("[1]") }))!;

        edited.Should().Be(before[1] with { Text = "better", Name = "Ann", Pinned = true, Parts = JsonElement.Parse("[1]"), EditedAt = edited.EditedAt });
        edited.EditedAt.Should().BeAfter(edited.CreatedAt!.Value).And.BeCloseTo(Now, Tick * 10);
        (await History.ReadAsync(id)).Should().Equal([before[0], edited, .. before.Skip(2)]);
        (await History.AppendAsync(id, [edited]))[0].Should().Be(edited, "its id is still known");
    }

    [Test]
    public async Task EditAsync_NothingChanges_WritesNothing()
    {
        var id = await MakeAsync();
        Provider.ResetCounts();

        (await History.EditAsync(id, 2, static m => m with { Text = "q1" }))!.EditedAt.Should().BeNull();
        Provider.Commits.Should().Be(0);
    }

    [Test]
    public async Task EditAsync_NewMessageInItsPlace_KeepsWhatItIs()
    {
        var id = await MakeAsync();
        var before = (await History.ReadAsync(id))[5];

        var edited = (await History.EditAsync(id, 6, static _ => HistoryMessage.Assistant("new")))!;

        edited.Should().Be(before with { Text = "new", EditedAt = edited.EditedAt });
    }

    [Test]
    public async Task RemoveAsync_EndOfALongConversation_ReadsOnlyTheEnd()
    {
        await StartAsync(static b => b.Configure(static o => o.History.MaximumMessages = null));
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [.. Enumerable.Range(1, 2_000).Select(static i => i % 2 == 1 ? HistoryMessage.User($"{i}") : HistoryMessage.Assistant($"{i}"))]);
        var read = 0;
        Provider.OnRead = async (_, answer) =>
        {
            var contents = await answer();
            read += contents.OfType<LogContent>().Sum(static c => c.Entries.Count);
            return contents;
        };

        (await History.RemoveAsync(id, MessageRange.LastTurn)).Select(static m => m.Sequence).Should().Equal(1999, 2000);
        (await History.RemoveAsync(id, MessageRange.Latest(2))).Select(static m => m.Sequence).Should().Equal(1997, 1998);
        (await History.RemoveAsync(id, MessageRange.After(1993))).Select(static m => m.Sequence).Should().Equal(1994, 1995, 1996);

        read.Should().BeLessThan(600);
        (await History.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(Enumerable.Range(1, 1993).Select(static s => (long)s));
    }

    [Test]
    public async Task RemoveAsync_Everything_TakesResultsWithoutACallToo()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.Assistant(null, new ToolCall("a", "t", ""), new ToolCall("b", "t", "")), HistoryMessage.Tool("a", "x"), HistoryMessage.User("q"), HistoryMessage.Tool("b", "x")]);
        await Provider.LoseEntryAsync("messages", 1);
        (await History.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(3);

        (await History.RemoveAsync(id, MessageRange.All)).Select(static m => m.Sequence).Should().Equal(3);

        (await History.GetAsync(id))!.MessageCount.Should().Be(0);
    }

    [Test]
    public async Task EditAsync_NotThere_IsNull()
    {
        var id = await MakeAsync();
        (await History.EditAsync(id, 99, static m => m)).Should().BeNull();
        await History.RemoveAsync(id, MessageRange.Only(2));
        (await History.EditAsync(id, 2, static m => m with { Text = "x" })).Should().BeNull();
        await FluentActions.Invoking(() => History.EditAsync(id, 0, static m => m)).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await FluentActions.Invoking(() => History.EditAsync(id, 1, null!)).Should().ThrowAsync<ArgumentNullException>();
    }

    [Test]
    public async Task EditAsync_WhatMustStay_ThrowsAndWritesNothing()
    {
        var id = await MakeAsync();
        var before = await History.ReadAsync(id);
        foreach (var (sequence, edit) in new (long, Func<HistoryMessage, HistoryMessage>)[]
        {
            (2, static _ => null!),
            (2, static m => m with { Role = MessageRole.Assistant }),
            (2, static m => m with { Id = "other" }),
            (2, static m => m with { Sequence = 3 }),
            (2, static m => m with { Text = "\uD83D" }),
            (3, static m => m with { ToolCalls = [m.ToolCalls[0]] }),
            (3, static m => m with { ToolCalls = [m.ToolCalls[0], m.ToolCalls[1] with { Id = "other" }] }),
            (3, static m => m with { ToolCalls = [m.ToolCalls[0], m.ToolCalls[0]] }),
            (4, static m => m with { ToolResults = [] }),
            (4, static m => m with { ToolResults = [new("y", "rx")] }),
        })
            await FluentActions.Invoking(() => History.EditAsync(id, sequence, edit)).Should().ThrowAsync<InvalidOperationException>();
        await FluentActions.Invoking(() => History.EditAsync(id, 2, static _ => throw new TimeoutException())).Should().ThrowAsync<TimeoutException>();

        (await History.ReadAsync(id)).Should().Equal(before);
    }

    [Test]
    public async Task EditAsync_WhatMayChangeOfToolMessages_Changes()
    {
        var id = await MakeAsync();

        (await History.EditAsync(id, 3, static m => m with { ToolCalls = [m.ToolCalls[1], m.ToolCalls[0] with { ArgumentsJson = "new" }, new("more", "t", "")] }))!.ToolCalls.Should().HaveCount(3);
        (await History.EditAsync(id, 4, static m => m with { ToolResults = [new("x", "redacted")] }))!.ToolResults[0].Text.Should().Be("redacted");
        (await History.EditAsync(id, 8, static m => m with { ToolCalls = [], Text = "never mind" }))!.ToolCalls.Should().BeEmpty("its call has no result");
        HistoryChecks.ShouldBeWhole(await History.ReadAsync(id));
    }

    [Test]
    public async Task EditAsync_ManyAtOnce_AllSurvive()
    {
        var id = await MakeAsync();
        var other = (await JoinAsync()).History;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => (i % 2 == 0 ? History : other).EditAsync(id, 2, m => m with { Text = m.Text + $" {i}", Pinned = !m.Pinned }))));

        var text = (await History.ReadAsync(id))[1].Text!.Split(' ');
        text[0].Should().Be("q1");
        text.Skip(1).Select(int.Parse).Should().BeEquivalentTo(Enumerable.Range(0, 16));
    }

    [Test]
    public async Task EditAsync_ReplyLost_MayHaveHappenedOnce()
    {
        var id = await MakeAsync();
        Provider.LoseNextReply();

        (await FluentActions.Invoking(() => History.EditAsync(id, 2, static m => m with { Text = m.Text + "!" })).Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();
        (await History.ReadAsync(id))[1].Text.Should().Be("q1!");
    }

    [Test]
    public async Task RemoveAsync_Ranges_TakeExactlyThemAndResultsOfTheirCalls()
    {
        foreach (var (range, gone) in new (MessageRange, long[])[]
        {
            (MessageRange.All, [1, 2, 3, 4, 5, 6, 7, 8]),
            (MessageRange.LastTurn, [7, 8]),
            (MessageRange.After(6), [7, 8]),
            (MessageRange.After(3), [4, 5, 6, 7, 8]),
            (MessageRange.Only(3), [3, 4, 5]),
            (MessageRange.Only(4), [4]),
            (MessageRange.Only(99), []),
            (MessageRange.Latest(2), [7, 8]),
            (MessageRange.Before(4, 2), [2, 3, 4, 5]),
            (MessageRange.After(1, 2), [2, 3, 4, 5]),
            (MessageRange.All with { Role = MessageRole.Tool }, [4, 5]),
            (MessageRange.All with { Role = MessageRole.Assistant }, [3, 4, 5, 6, 8]),
            (MessageRange.Latest(1) with { Role = MessageRole.User }, [7]),
        })
        {
            var id = await MakeAsync();
            var before = await History.ReadAsync(id);

            (await History.RemoveAsync(id, range)).Should().Equal(before.Where(m => gone.Contains(m.Sequence)), "{0}", range);
            (await History.ReadAsync(id)).Should().Equal(before.Where(m => !gone.Contains(m.Sequence)), "{0}", range);
            (await History.GetAsync(id))!.MessageCount.Should().Be(8 - gone.Length);
            (await History.AppendAsync(id, [HistoryMessage.User("next")]))[0].Sequence.Should().Be(9);
        }
    }

    [Test]
    public async Task RemoveAsync_AllTurnsOneByOne_LeavesWhatIsBeforeThem()
    {
        var id = await MakeAsync();

        (await History.RemoveAsync(id, MessageRange.LastTurn)).Should().HaveCount(2);
        (await History.RemoveAsync(id, MessageRange.LastTurn)).Should().HaveCount(5);
        (await History.RemoveAsync(id, MessageRange.LastTurn)).Should().BeEmpty();
        (await History.ReadAsync(id)).Should().ContainSingle().Which.Role.Should().Be(MessageRole.System);
    }

    [Test]
    public async Task RemoveAsync_SomebodyElsePopsInBetween_TakesTheTurnBefore()
    {
        var id = await MakeAsync();
        IReadOnlyList<HistoryMessage> theirs = [];
        Provider.BeforeNextCommit(async () => theirs = await History.RemoveAsync(id, MessageRange.LastTurn));

        var mine = await History.RemoveAsync(id, MessageRange.LastTurn);

        theirs.Select(static m => m.Sequence).Should().Equal(7, 8);
        mine.Select(static m => m.Sequence).Should().Equal(2, 3, 4, 5, 6);
    }

    [Test]
    public async Task EditAsync_SomebodyElseEditsInBetween_RunsOnTheirs()
    {
        var id = await MakeAsync();
        Provider.BeforeNextCommit(() => History.EditAsync(id, 2, static m => m with { Text = m.Text + " theirs" }));

        (await History.EditAsync(id, 2, static m => m with { Text = m.Text + " mine" }))!.Text.Should().Be("q1 theirs mine");
    }

    [Test]
    public async Task EditAsync_RemovedInBetween_IsNull()
    {
        var id = await MakeAsync();
        Provider.BeforeNextCommit(() => History.RemoveAsync(id, MessageRange.Only(2)));

        (await History.EditAsync(id, 2, static m => m with { Text = "x" })).Should().BeNull();
        (await History.ReadAsync(id)).Should().HaveCount(7);
    }

    [Test]
    public async Task RemoveAsync_ManyPopAtOnce_EachTurnGoesToOne()
    {
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 0; i < 20; i++) await History.AppendAsync(id, [HistoryMessage.User($"q{i}"), HistoryMessage.Assistant($"a{i}")]);
        var popped = new ConcurrentBag<long>();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(async () =>
        {
            foreach (var message in await History.RemoveAsync(id, MessageRange.LastTurn)) popped.Add(message.Sequence);
        })));

        popped.Should().BeEquivalentTo(Enumerable.Range(17, 24).Select(static s => (long)s));
        (await History.ReadAsync(id)).Should().HaveCount(16);
    }

    private async Task<string> MakeAsync()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, Talk);
        return id;
    }
}
