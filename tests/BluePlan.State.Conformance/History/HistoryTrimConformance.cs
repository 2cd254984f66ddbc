using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IHistoryManager"/> with <see cref="HistoryManagerOptions.MaximumMessages"/>.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryTrimConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IHistoryManager History => State.History;

    [Test]
    public async Task ReadAsync_ByDefault_ShowsTheNewestHundred()
    {
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 1; i <= 140; i++)
        {
            await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);
            if (i % 10 == 0) (await History.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(Sequences(Math.Max(1, i - 99), i));
        }
        var summary = (await History.GetAsync(id))!;
        (summary.MessageCount, summary.FirstMessageAt).Should().Be((100, (await History.ReadAsync(id))[0].CreatedAt));
        (await History.ReadAsync(id, MessageRange.Before(45, 10))).Select(static m => m.Sequence).Should().Equal(41, 42, 43, 44);
        (await History.SearchAsync(id, "40").ToListAsync()).Should().ContainSingle().Which.Message.Text.Should().Be("140");
    }

    [Test]
    public async Task AppendAsync_PastTheMaximum_TrimsNowAndThen()
    {
        await UseMaximumAsync(40);
        var id = (await History.CreateAsync("ann")).Id;
        Provider.ResetCounts();
        for (var i = 1; i <= 200; i++) await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);

        var trims = Provider.Commits - 200;
        trims.Should().BeInRange(10, 20);
        Provider.Reads.Should().Be(2, "head and messages are read for the first trimming only");
        await UseMaximumElsewhereAsync(null, async everything => (await everything.ReadAsync(id)).Count.Should().BeInRange(40, 50));
    }

    [Test]
    public async Task AppendAsync_TrimmedByWhatIsKnown_LeavesWhatTrimmingByReadingLeaves()
    {
        await UseMaximumAsync(12);
        for (var seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            var (known, read) = ((await History.CreateAsync("ann")).Id, (await History.CreateAsync("ann")).Id);
            for (var step = 0; step < 80; step++)
            {
                // A new title writes the head anew, so that nothing that is known of this one is believed.
                await History.RenameAsync(read, $"{step}");
                var (kind, pick) = (random.Next(40), random.Next());
                foreach (var id in (string[])[known, read]) await StepAsync(id, step, kind, pick);
                await UseMaximumElsewhereAsync(null, async everything => (await Shape(everything, known)).Should().Equal(await Shape(everything, read), "seed {0}, step {1}", seed, step));
            }
        }

        async Task StepAsync(string id, int step, int kind, int pick)
        {
            if (kind < 34) await History.AppendAsync(id, [.. Messages(step, kind)]);
            else if (kind < 38) await History.RemoveAsync(id, MessageRange.LastTurn);
            else if (await History.ReadAsync(id) is { Count: > 0 } messages) await History.EditAsync(id, messages[pick % messages.Count].Sequence, static m => m with { Pinned = !m.Pinned });
        }

        static IEnumerable<HistoryMessage> Messages(int step, int kind) => kind switch
        {
            0 => [HistoryMessage.System($"rules {step}")],
            1 => [HistoryMessage.User($"remember {step}") with { Pinned = true }],
            2 => [HistoryMessage.User($"q {step}"), HistoryMessage.Assistant(null, new ToolCall("c", "t", "{}")), HistoryMessage.Tool("c", "r"), HistoryMessage.Assistant("done")],
            3 => [HistoryMessage.Assistant($"more {step}")],
            _ => [HistoryMessage.User($"q {step}"), HistoryMessage.Assistant($"a {step}")],
        };

        static async Task<IEnumerable<string>> Shape(IHistoryManager history, string id) => (await history.ReadAsync(id)).Select(static m => $"{m.Sequence} {m.Role} {m.Text} {m.Pinned}");
    }

    [Test]
    public async Task EditAsync_PinnedSinceTheLastTrimming_Stays()
    {
        await UseMaximumAsync(4);
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 1; i <= 6; i++) await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);
        await History.EditAsync(id, 3, static m => m with { Pinned = true });
        for (var i = 7; i <= 12; i++) await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);

        (await History.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(3, 10, 11, 12);
    }

    [Test]
    public async Task AppendAsync_OthersWroteSinceTheLastTrimming_LooksAgain()
    {
        await UseMaximumAsync(4);
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 1; i <= 6; i++) await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);

        await UseMaximumElsewhereAsync(4, async other =>
        {
            await other.EditAsync(id, 3, static m => m with { Pinned = true });
            await other.AppendAsync(id, [HistoryMessage.System("rules")]);
        });
        for (var i = 8; i <= 12; i++) await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);

        await UseMaximumElsewhereAsync(null, async everything => (await everything.ReadAsync(id)).Select(static m => m.Sequence).Should().Contain([3, 7, 11, 12]).And.HaveCountLessThanOrEqualTo(5));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task AppendAsync_SystemPromptAtEachRun_TheNewestCounts(bool same)
    {
        await UseMaximumAsync(20);
        var id = (await History.CreateAsync("ann")).Id;
        for (var run = 1; run <= 60; run++) await History.AppendAsync(id, [HistoryMessage.System(same ? "rules" : $"rules {run}"), HistoryMessage.User($"q{run}"), HistoryMessage.Assistant($"a{run}")]);

        var read = await History.ReadAsync(id);

        read.Should().HaveCountLessThanOrEqualTo(20);
        read.Select(static m => m.Text).Should().EndWith([same ? "rules" : "rules 60", "q60", "a60"]).And.Contain("q58");
        read.Count(static m => m.Role == MessageRole.System).Should().BeLessThanOrEqualTo(10);
        await UseMaximumElsewhereAsync(null, async everything => (await everything.ReadAsync(id)).Should().HaveCountLessThanOrEqualTo(28));
    }

    [Test]
    public async Task AppendAsync_AnswerToAnApproval_IsNeverPartedFromItsRequest()
    {
        for (var maximum = 1; maximum <= 9; maximum++)
        {
            await UseMaximumAsync(maximum);
            var id = (await History.CreateAsync("ann")).Id;
            foreach (var message in new[] { HistoryMessage.User("old"), HistoryMessage.User("delete it"), HistoryMessage.Assistant(null, new ToolCall("c", "delete", "")), HistoryMessage.User("no"), HistoryMessage.Assistant("ok") })
            {
                await History.AppendAsync(id, [message]);
                var read = await History.ReadAsync(id);
                if (read.Any(static m => m.Text == "no")) read.Should().Contain(static m => m.ToolCalls.Count > 0);
            }
        }
    }

    [Test]
    public async Task AppendAsync_AnswerInPartsToAnApproval_StaysWithItsRequestInTheStoreToo()
    {
        await UseMaximumAsync(4);
        var id = (await History.CreateAsync("ann")).Id;
        var all = (await JoinAsync(static b => b.Configure(static o => o.History.MaximumMessages = null))).History;
        for (var turn = 1; turn <= 8; turn++)
            foreach (var message in new[]
            {
                HistoryMessage.User($"q{turn}"), HistoryMessage.Assistant($"sure {turn}?") with { Parts = System.Text.Json.JsonElement.Parse("""[{"$type":"toolApprovalRequest"}]""") },
                HistoryMessage.User($"yes {turn}") with { Parts = System.Text.Json.JsonElement.Parse("""[{"$type":"toolApprovalResponse"}]""") }, HistoryMessage.Assistant($"done {turn}"),
            })
            {
                await History.AppendAsync(id, [message]);
                var texts = (await all.ReadAsync(id)).Select(static m => m.Text).ToArray();
                foreach (var answer in texts.Where(static t => t!.StartsWith("yes", StringComparison.Ordinal))) texts.Should().Contain($"sure {answer![4..]}?");
            }

        (await all.ReadAsync(id)).Should().HaveCountLessThanOrEqualTo(5);
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task AppendAsync_NewestWereLostAndOthersWroteInTheirPlace_TrimsNoMessageThatItDoesNotKnow(int lost)
    {
        await UseMaximumAsync(4);
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 1; i <= 7; i++) await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);

        await Provider.LoseNewestEntriesAsync("messages", lost);
        await UseMaximumElsewhereAsync(4, other => other.AppendAsync(id, [HistoryMessage.System("rules"), .. Enumerable.Range(1, lost - 1).Select(static i => HistoryMessage.User($"other {i}"))]));
        for (var i = 8; i <= 20; i++) (await History.AppendAsync(id, [HistoryMessage.User($"{i}")]))[0].Sequence.Should().Be(i);

        (await History.ReadAsync(id)).Select(static m => m.Text).Should().Equal("rules", "18", "19", "20");
        await UseMaximumElsewhereAsync(null, async everything => (await everything.ReadAsync(id)).Should().HaveCountLessThanOrEqualTo(5));
    }

    [Test]
    public async Task RemoveAsync_NewestWereLostAndOthersWroteInTheirPlace_RemovesNoMessageThatItHasNotRead()
    {
        await UseMaximumAsync(100);
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.User("1"), HistoryMessage.Assistant("2"), HistoryMessage.User("3"), HistoryMessage.Assistant("4")]);
        Provider.BeforeNextCommit(async () =>
        {
            await Provider.LoseNewestEntriesAsync("messages", 2);
            await UseMaximumElsewhereAsync(100, other => other.AppendAsync(id, [HistoryMessage.System("rules"), HistoryMessage.User("other")]));
        });

        (await History.RemoveAsync(id, MessageRange.LastTurn)).Select(static m => m.Text).Should().Equal("other");

        (await History.ReadAsync(id)).Select(static m => m.Text).Should().Equal("1", "2", "rules");
    }

    [Test]
    public async Task AppendAsync_EveryMaximum_KeepsCallsAndResultsTogether()
    {
        for (var maximum = 1; maximum <= 24; maximum++)
        {
            await UseMaximumAsync(maximum);
            var id = (await History.CreateAsync("ann")).Id;
            await History.AppendAsync(id, [HistoryMessage.System("rules")]);
            for (var turn = 1; turn <= 7; turn++)
            {
                foreach (var message in Turn(turn))
                {
                    await History.AppendAsync(id, [message]);
                    var read = await History.ReadAsync(id);
                    HistoryChecks.ShouldBeWhole(read);
                    read[0].Text.Should().Be("rules");
                    var newest = read.SkipWhile(m => m.Text != $"question {turn}").ToList();
                    newest.Count.Should().BeInRange(1, 7);
                    if (read.Count > maximum) read.Should().HaveCount(newest.Count + 1, "beyond {0} only what must stay stays", maximum);
                }
                (await History.ReadAsync(id)).TakeLast(7).Select(static m => m.Text ?? "").Should().Equal(Turn(turn).Select(static m => m.Text ?? ""));
            }
        }

        static HistoryMessage[] Turn(int turn) =>
        [
            HistoryMessage.User($"question {turn}"),
            HistoryMessage.Assistant("let me see", new ToolCall("call_0", "a", "{}"), new ToolCall("call_1", "b", "{}")),
            HistoryMessage.Tool("call_1", $"b {turn}"),
            HistoryMessage.Tool("call_0", $"a {turn}"),
            HistoryMessage.Assistant(null, new ToolCall("call_0", "c", "{}")),
            new() { Role = MessageRole.User, ToolResults = [new("call_0", $"c {turn}")] },
            HistoryMessage.Assistant("done"),
        ];
    }

    [Test]
    public async Task AppendAsync_PinnedAndSystem_Stay()
    {
        await UseMaximumAsync(6);
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.System("rules"), HistoryMessage.User("remember") with { Pinned = true }, HistoryMessage.User("x"), new() { Role = MessageRole.Developer, Text = "more" }]);
        for (var i = 0; i < 20; i++) await History.AppendAsync(id, [HistoryMessage.User($"q{i}"), HistoryMessage.Assistant($"a{i}")]);

        (await History.ReadAsync(id)).Select(static m => m.Text).Should().Equal("rules", "remember", "more", "q19", "a19");
        (await History.ReadAsync(id, MessageRange.All with { Role = MessageRole.System })).Select(static m => m.Text).Should().Equal("rules");
    }

    [Test]
    public async Task AppendAsync_NewestTurnLongerThanTheMaximum_StaysWholeAndIsNotReadForEachMessage()
    {
        await UseMaximumAsync(8);
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.User("old")]);
        await History.AppendAsync(id, [HistoryMessage.User("go")]);
        Provider.ResetCounts();
        for (var i = 0; i < 60; i++) await History.AppendAsync(id, [HistoryMessage.Assistant($"{i}")]);

        (await History.ReadAsync(id)).Select(static m => m.Text).Should().Equal([.. new[] { "go" }, .. Enumerable.Range(0, 60).Select(static i => $"{i}")]);
        Provider.Reads.Should().BeLessThan(30);

        await History.AppendAsync(id, [HistoryMessage.User("next")]);
        (await History.ReadAsync(id)).Select(static m => m.Text).Should().Equal("next");
    }

    [Test]
    public async Task AppendAsync_TurnAfterALongOne_TrimsAsSoonAsItCan()
    {
        await UseMaximumAsync(8);
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.User("remember") with { Pinned = true }]);
        await History.AppendAsync(id, [HistoryMessage.User("go"), .. Enumerable.Range(0, 100).Select(static i => HistoryMessage.Assistant($"{i}"))]);
        await History.AppendAsync(id, [HistoryMessage.User("next")]);

        await UseMaximumElsewhereAsync(null, async everything => (await everything.ReadAsync(id)).Select(static m => m.Text).Should().Equal("remember", "next"));
    }

    [Test]
    public async Task AppendAsync_MorePinnedThanTheMaximum_AreNotReadForEachMessage()
    {
        await UseMaximumAsync(8);
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [.. Enumerable.Range(0, 100).Select(static i => HistoryMessage.User($"{i}") with { Pinned = true })]);
        Provider.ResetCounts();
        for (var i = 0; i < 50; i++) await History.AppendAsync(id, [HistoryMessage.User($"next {i}")]);

        (await History.ReadAsync(id)).Should().HaveCount(101);
        Provider.Reads.Should().BeLessThan(8);
    }

    [Test]
    public async Task AppendAsync_OneLargeAppend_IsTrimmedAtOnce()
    {
        await UseMaximumAsync(10);
        var id = (await History.CreateAsync("ann")).Id;

        (await History.AppendAsync(id, [.. Enumerable.Range(0, 100).Select(static i => HistoryMessage.User($"{i}"))])).Should().HaveCount(100);

        (await History.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(Sequences(91, 100));
    }

    [Test]
    public async Task AppendAsync_AfterTrimmingAndEmptying_NeverReusesSequences()
    {
        await UseMaximumAsync(2);
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 1; i <= 9; i++) (await History.AppendAsync(id, [HistoryMessage.User("x")]))[0].Sequence.Should().Be(i);
        await History.RemoveAsync(id, MessageRange.All);
        (await History.ReadAsync(id)).Should().BeEmpty();

        (await History.AppendAsync(id, [HistoryMessage.User("x")]))[0].Sequence.Should().Be(10);
        (await History.GetAsync(id))!.MessageCount.Should().Be(1);
    }

    [Test]
    public async Task AppendAsync_TrimmingFails_HasAppendedAndTrimsLater()
    {
        await UseMaximumAsync(4);
        var id = (await History.CreateAsync("ann")).Id;
        Provider.OnRead = static (_, _) => throw new StateUnavailableException("Gone for a while.", mayHaveBeenWritten: false);
        for (var i = 1; i <= 12; i++) (await History.AppendAsync(id, [HistoryMessage.User($"{i}")]))[0].Sequence.Should().Be(i);
        Provider.OnRead = null;
        (await History.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(9, 10, 11, 12);
        await History.AppendAsync(id, [HistoryMessage.User("13")]);

        await UseMaximumElsewhereAsync(null, async everything => (await everything.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(10, 11, 12, 13));
    }

    [Test]
    public async Task EditAsync_PinnedWhileTrimming_Stays()
    {
        await UseMaximumAsync(4);
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 1; i <= 5; i++) await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);
        Provider.OnCommit = async (_, commit) =>
        {
            // The next commit is the append, the one after it the trimming, which has read that the message is not pinned.
            Provider.BeforeNextCommit(() => History.EditAsync(id, 2, static m => m with { Pinned = true }));
            return await commit();
        };
        await History.AppendAsync(id, [HistoryMessage.User("6")]);
        await History.AppendAsync(id, [HistoryMessage.User("7")]);

        (await History.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(2, 5, 6, 7);
    }

    [Test]
    public async Task RemoveAsync_BeyondTheMaximum_DoesNotBringOldMessagesBack()
    {
        await UseMaximumAsync(8);
        var id = (await History.CreateAsync("ann")).Id;
        for (var i = 1; i <= 10; i++) await History.AppendAsync(id, [HistoryMessage.User($"{i}")]);
        (await History.RemoveAsync(id, MessageRange.LastTurn)).Select(static m => m.Sequence).Should().Equal(10);

        (await History.ReadAsync(id)).Select(static m => m.Sequence).Should().Equal(3, 4, 5, 6, 7, 8, 9);
    }

    [Test]
    public async Task ReadAsync_WhileOthersAppendAndTrim_NeverShowsATornTurn()
    {
        await UseMaximumAsync(12);
        var id = (await History.CreateAsync("ann")).Id;
        var other = (await JoinAsync(static b => b.Configure(static o => o.History.MaximumMessages = 12))).History;
        await History.AppendAsync(id, Turn(0));

        var writing = Task.WhenAll(Enumerable.Range(1, 8).Select(c => Task.Run(async () =>
        {
            for (var i = 0; i < 12; i++) await (c % 2 == 0 ? History : other).AppendAsync(id, Turn(100 * c + i));
        })));
        var reads = 0;
        do
        {
            var read = await History.ReadAsync(id);
            ShouldBeWholeTurns(read);
            read.Count.Should().BeInRange(4, 12);
            ShouldBeWholeTurns(await other.ReadAsync(id, MessageRange.LastTurn));
            reads++;
        }
        while (!writing.IsCompleted);
        await writing;

        reads.Should().BePositive();
        var last = await History.ReadAsync(id);
        last.Should().HaveCount(12);
        last[^1].Sequence.Should().Be(4 * (1 + 8 * 12));

        static HistoryMessage[] Turn(int turn) =>
        [
            HistoryMessage.User($"{turn}") with { Name = $"{turn}" }, HistoryMessage.Assistant(null, new ToolCall("c", "t", "")) with { Name = $"{turn}" },
            HistoryMessage.Tool("c", $"{turn}") with { Name = $"{turn}" }, HistoryMessage.Assistant("done") with { Name = $"{turn}" },
        ];

        static void ShouldBeWholeTurns(IReadOnlyList<HistoryMessage> read)
        {
            foreach (var turn in read.Chunk(4))
            {
                turn.Select(static m => m.Name).Distinct().Should().HaveCount(1);
                turn.Select(static m => m.Role).Should().Equal("user", "assistant", "tool", "assistant");
            }
        }
    }

    private Task UseMaximumAsync(int? maximum) => StartAsync(b => b.Configure(o => o.History.MaximumMessages = maximum));

    private async Task UseMaximumElsewhereAsync(int? maximum, Func<IHistoryManager, Task> look) => await look((await JoinAsync(b => b.Configure(o => o.History.MaximumMessages = maximum))).History);

    private static IEnumerable<long> Sequences(int first, int last) => Enumerable.Range(first, last - first + 1).Select(static s => (long)s);
}
