using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IHistoryManager.ReadAsync"/>: every range, of conversations that are read whole and of long ones that are read in steps.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryReadConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IHistoryManager History => State.History;

    protected override void Configure(BluePlanStateBuilder builder) => builder.Configure(static o => o.History.MaximumMessages = null);

    [Test]
    public async Task ReadAsync_Ranges_AreWhatTheySay()
    {
        var id = await MakeAsync(
            HistoryMessage.System("rules"), HistoryMessage.User("q1"), HistoryMessage.Assistant("a1"),
            HistoryMessage.User("q2"), HistoryMessage.Assistant(null, new ToolCall("x", "t", ""), new ToolCall("y", "t", "")), HistoryMessage.Tool("x", "1"), HistoryMessage.Tool("y", "2"), HistoryMessage.Assistant("a2"));

        await ShouldReadAsync(id, MessageRange.All, 1, 2, 3, 4, 5, 6, 7, 8);
        await ShouldReadAsync(id, default, 1, 2, 3, 4, 5, 6, 7, 8);
        await ShouldReadAsync(id, MessageRange.LastTurn, 4, 5, 6, 7, 8);
        await ShouldReadAsync(id, MessageRange.Latest(1), 8);
        await ShouldReadAsync(id, MessageRange.Latest(3), 8);
        await ShouldReadAsync(id, MessageRange.Latest(5), 4, 5, 6, 7, 8);
        await ShouldReadAsync(id, MessageRange.Latest(int.MaxValue), 1, 2, 3, 4, 5, 6, 7, 8);
        await ShouldReadAsync(id, MessageRange.Before(4, 2), 2, 3);
        await ShouldReadAsync(id, MessageRange.Before(1, 2));
        await ShouldReadAsync(id, MessageRange.Before(long.MaxValue, 1), 8);
        await ShouldReadAsync(id, MessageRange.After(0), 1, 2, 3, 4, 5, 6, 7, 8);
        await ShouldReadAsync(id, MessageRange.After(6), 5, 6, 7, 8);
        await ShouldReadAsync(id, MessageRange.After(7), 8);
        await ShouldReadAsync(id, MessageRange.After(8));
        await ShouldReadAsync(id, MessageRange.After(long.MaxValue));
        await ShouldReadAsync(id, MessageRange.After(1, 2), 2, 3);
        await ShouldReadAsync(id, MessageRange.After(3, 2), 4, 5, 6, 7);
        await ShouldReadAsync(id, MessageRange.Only(2), 2);
        await ShouldReadAsync(id, MessageRange.Only(6), 5, 6, 7);
        await ShouldReadAsync(id, MessageRange.Only(9));
        await ShouldReadAsync(id, MessageRange.All with { Role = MessageRole.User }, 2, 4);
        await ShouldReadAsync(id, MessageRange.Latest(1) with { Role = MessageRole.User }, 4);
        await ShouldReadAsync(id, MessageRange.Latest(2) with { Role = MessageRole.Assistant }, 5, 8);
        await ShouldReadAsync(id, MessageRange.All with { Role = MessageRole.Tool }, 5, 6, 7);
        await ShouldReadAsync(id, MessageRange.LastTurn with { Role = MessageRole.Assistant }, 5, 8);
        await ShouldReadAsync(id, MessageRange.All with { Role = "nobody" });
    }

    [Test]
    public async Task ReadAsync_Prompt_HasInstructionsAndWholeTurnsWithoutOpenCalls()
    {
        var id = await MakeAsync(
            HistoryMessage.System("rules"), HistoryMessage.User("q1"), HistoryMessage.Assistant("a1"), HistoryMessage.User("remember") with { Pinned = true }, HistoryMessage.Assistant("a2"),
            HistoryMessage.System("rules"), HistoryMessage.User("q3"), HistoryMessage.Assistant(null, new ToolCall("lost", "t", "")), HistoryMessage.Assistant("let me see", new ToolCall("x", "t", ""), new ToolCall("y", "t", "")), HistoryMessage.Tool("x", "1"),
            HistoryMessage.Assistant("a3"), HistoryMessage.User("q4"), HistoryMessage.Assistant("a4"));

        await ShouldReadAsync(id, MessageRange.Prompt(1), 4, 6, 12, 13);
        await ShouldReadAsync(id, MessageRange.Prompt(2), 4, 6, 12, 13);
        await ShouldReadAsync(id, MessageRange.Prompt(6), 4, 6, 12, 13);
        await ShouldReadAsync(id, MessageRange.Prompt(7), 4, 6, 7, 9, 10, 11, 12, 13);
        await ShouldReadAsync(id, MessageRange.Prompt(100), 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13);
        (await History.ReadAsync(id, MessageRange.Prompt(100))).Single(static m => m.Sequence == 9).ToolCalls.Should().ContainSingle().Which.Id.Should().Be("x");
        await ShouldReadAsync(id, MessageRange.All with { WithoutOpenCalls = true }, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13);
        (await History.ReadAsync(id)).Should().HaveCount(13, "what is stored stays");
        foreach (var range in new[] { MessageRange.Prompt(2), MessageRange.All with { WithoutOpenCalls = true } }) await FluentActions.Invoking(() => History.RemoveAsync(id, range)).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task ReadAsync_AnswerToAnApproval_ComesWithItsRequest()
    {
        var id = await MakeAsync(
            HistoryMessage.User("delete it"), HistoryMessage.Assistant(null, new ToolCall("c", "delete", "")), HistoryMessage.User("no"), HistoryMessage.Assistant("ok"),
            HistoryMessage.User("and this?"), HistoryMessage.Assistant("sure?") with { Parts = System.Text.Json.JsonElement.Parse("""[{"$type":"toolApprovalRequest","requestId":"1"}]""") }, HistoryMessage.User("yes"));

        await ShouldReadAsync(id, MessageRange.LastTurn, 6, 7);
        await ShouldReadAsync(id, MessageRange.Prompt(1), 5, 6, 7);
        await ShouldReadAsync(id, MessageRange.Prompt(6), 5, 6, 7);
        await ShouldReadAsync(id, MessageRange.Prompt(7), 1, 3, 4, 5, 6, 7);
    }

    [Test]
    public async Task ReadAsync_NoUserMessage_HasNoLastTurn()
    {
        var id = await MakeAsync(HistoryMessage.System("rules"), HistoryMessage.Assistant("hello"));

        await ShouldReadAsync(id, MessageRange.LastTurn);
        (await History.RemoveAsync(id, MessageRange.LastTurn)).Should().BeEmpty();
    }

    [Test]
    public async Task ReadAsync_EmptyRole_Throws() =>
        await FluentActions.Invoking(() => History.ReadAsync(new('0', 36), MessageRange.All with { Role = "" })).Should().ThrowAsync<ArgumentException>();

    [Test]
    public void Ranges_OutOfRange_Throw()
    {
        foreach (var bad in new Func<MessageRange>[]
        {
            static () => MessageRange.Only(0), static () => MessageRange.Latest(0), static () => MessageRange.Latest(-1), static () => MessageRange.Before(0, 1), static () => MessageRange.Before(1, 0),
            static () => MessageRange.After(-1), static () => MessageRange.After(1, 0), static () => MessageRange.After(-1, 1),
        })
            FluentActions.Invoking(bad).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task ReadAsync_LongConversation_ReadsTheSameInFewSteps()
    {
        // Calls that are answered hundreds of messages later, and gaps.
        var messages = Enumerable.Range(1, 1_300).Select(static i => (i % 10) switch
        {
            1 => HistoryMessage.User($"q{i}"),
            2 => HistoryMessage.Assistant(null, new ToolCall($"c{i / 10}", "t", "")),
            3 when i / 10 % 7 != 0 => HistoryMessage.Tool($"c{i / 10}", $"r{i}"),
            4 when i == 904 => HistoryMessage.Tool("c0", "late"),
            _ => HistoryMessage.Assistant($"a{i}"),
        }).ToArray();
        var id = await MakeAsync(messages);
        await History.RemoveAsync(id, MessageRange.Only(1_250));
        var all = (await History.ReadAsync(id)).ToDictionary(static m => m.Sequence);
        all.Should().HaveCount(1_299);

        foreach (var (range, expected) in new (MessageRange, IEnumerable<int>)[]
        {
            (MessageRange.Latest(5), Range(1_296, 1_300)),
            (MessageRange.Latest(52), [.. Range(1_248, 1_249), .. Range(1_251, 1_300)]),
            (MessageRange.LastTurn, Range(1_291, 1_300)),
            (MessageRange.After(1_290), Range(1_291, 1_300)),
            (MessageRange.After(1_292), Range(1_292, 1_300)),
            (MessageRange.After(898, 4), [.. Range(899, 902), 903]),
            (MessageRange.After(902, 2), [2, .. Range(902, 904)]),
            (MessageRange.Before(905, 4), [901, 902, 903]),
            (MessageRange.Before(3, 5), [1, 2, 904]),
            (MessageRange.Only(904), [2, 904]),
            (MessageRange.Latest(3) with { Role = MessageRole.User }, [1_271, 1_281, 1_291]),
            (MessageRange.Before(406, 4), [402, 403, 404, 405]),
        })
        {
            Provider.ResetCounts();
            (await History.ReadAsync(id, range)).Should().Equal(expected.Select(s => all[s]), "{0}", range);
            Provider.Reads.Should().BeLessThan(6);
        }
    }

    [Test]
    public async Task ReadAsync_LatestOrPromptOfALongConversation_ReadsOnce()
    {
        var id = await MakeAsync([.. Enumerable.Range(0, 2_000).Select(static i => HistoryMessage.User($"{i}"))]);
        Provider.ResetCounts();
        (await History.ReadAsync(id, MessageRange.Latest(20))).Select(static m => m.Text).Should().Equal(Enumerable.Range(1_980, 20).Select(static i => $"{i}"));
        (await History.ReadAsync(id, MessageRange.After(1_999))).Should().ContainSingle();
        (await History.ReadAsync(id, MessageRange.Prompt(20))).Select(static m => m.Sequence).Should().Equal(Enumerable.Range(1_981, 20).Select(static s => (long)s));

        (Provider.Reads, Provider.Commits).Should().Be((3, 0));
    }

    [Test]
    public async Task ReadAsync_LongMaximumIsPassed_ShowsNoMoreThanIt()
    {
        await StartAsync(static b => b.Configure(static o => o.History.MaximumMessages = 600));
        var id = await MakeAsync([.. Enumerable.Range(1, 500).Select(static i => HistoryMessage.User($"{i}"))]);
        await ShouldReadAsync(id, MessageRange.Before(3, 5), 1, 2);
        await History.AppendAsync(id, [.. Enumerable.Range(501, 200).Select(static i => HistoryMessage.User($"{i}"))]);

        (await History.ReadAsync(id)).Should().HaveCount(600);
        await ShouldReadAsync(id, MessageRange.Before(103, 5), 101, 102);
        await ShouldReadAsync(id, MessageRange.Latest(2), 699, 700);
        (await History.ReadAsync(id, MessageRange.Latest(650))).Should().HaveCount(600);
        (await History.GetAsync(id))!.MessageCount.Should().Be(600);
        (await History.SearchAsync(id, "1").ToListAsync()).Should().NotContain(static m => m.Message.Sequence <= 100);
    }

    private async Task<string> MakeAsync(params HistoryMessage[] messages)
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, messages);
        return id;
    }

    private async Task ShouldReadAsync(string id, MessageRange range, params long[] sequences) =>
        (await History.ReadAsync(id, range)).Select(static m => m.Sequence).Should().Equal(sequences, "{0}", range);

    private static IEnumerable<int> Range(int first, int last) => Enumerable.Range(first, last - first + 1);
}
