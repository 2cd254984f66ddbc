using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IHistoryManager.AppendAsync"/>: whole, once, in order, by many at once.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryAppendConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const int Callers = 64;

    private IHistoryManager History => State.History;

    protected override void Configure(BluePlanStateBuilder builder) => builder.Configure(static o => o.History.MaximumMessages = null);

    [Test]
    public async Task AppendAsync_EverythingAMessageHolds_ComesBack()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var at = new DateTimeOffset(2024, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(8));
        HistoryMessage[] messages =
        [
            HistoryMessage.System("规则"),
            new() { Role = MessageRole.User, Text = "look 😀\n\"\\\u2028", Name = "Ann", Parts = JsonElement.Parse("""[{"type":"image","n":[1.50,1e400,null,true]},"é"]"""), Id = "m1", CreatedAt = at, Pinned = true },
            HistoryMessage.Assistant(null, new ToolCall("call_1", "search", "{\"q\":\"北京\"}"), new ToolCall("[\"run\",\"call\"]", "x", "no json")),
            new() { Role = MessageRole.Tool, ToolResults = [new("call_1", "sun"), new("[\"run\",\"call\"]", "")] },
            new() { Role = "event", Text = "" },
        ];

        var stored = await History.AppendAsync(id, messages);

        stored.Select(static m => m.Sequence).Should().Equal(1, 2, 3, 4, 5);
        stored.Select(static m => m.Id).Should().OnlyHaveUniqueItems().And.NotContainNulls();
        stored.Should().OnlyContain(static m => m.EditedAt == null);
        stored[0].CreatedAt.Should().BeCloseTo(Now, Tick * 10);
        stored[1].CreatedAt.Should().Be(at).And.HaveOffset(TimeSpan.Zero);
        stored.Select(static m => m with { Id = null, CreatedAt = null, Sequence = 0 }).Should().Equal(messages.Select(static m => m with { Id = null, CreatedAt = null }));
        (await History.ReadAsync(id)).Should().Equal(stored);
    }

    [Test]
    public async Task AppendAsync_Large_ComesBack()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var text = string.Concat(Enumerable.Repeat("好的 ok 😀 ", 400_000));

        var stored = await History.AppendAsync(id, [HistoryMessage.User(text)]);

        (await History.ReadAsync(id)).Should().ContainSingle().Which.Text.Should().Be(text);
        stored[0].Text.Should().Be(text);
    }

    [Test]
    public async Task AppendAsync_TooLarge_ThrowsAndLeavesNothing()
    {
        var id = (await History.CreateAsync("ann")).Id;

        await FluentActions.Invoking(() => History.AppendAsync(id, [HistoryMessage.User("small"), HistoryMessage.User(new('x', 64 * 1024 * 1024 + 1))])).Should().ThrowAsync<ArgumentException>();
        (await History.ReadAsync(id)).Should().BeEmpty();
    }

    [Test]
    public async Task AppendAsync_BadMessage_ThrowsAndLeavesNothing()
    {
        var id = (await History.CreateAsync("ann")).Id;
        IReadOnlyList<HistoryMessage>?[] bad =
        [
            null, [], [null!], [HistoryMessage.User("x"), new() { Role = "" }], [HistoryMessage.User("\uD83D")], [HistoryMessage.Assistant(null, new ToolCall("", "f", ""))],
            [HistoryMessage.User("a") with { Id = "1" }, HistoryMessage.User("b") with { Id = "1" }], [HistoryMessage.User("a") with { Id = "" }],
        ];

        foreach (var messages in bad) await FluentActions.Invoking(() => History.AppendAsync(id, messages!)).Should().ThrowAsync<ArgumentException>();
        (await History.ReadAsync(id)).Should().BeEmpty();
    }

    [Test]
    public async Task AppendAsync_OneMessage_IsOneRoundTrip()
    {
        var id = (await History.CreateAsync("ann")).Id;
        Provider.ResetCounts();

        for (var i = 0; i < 10; i++) await History.AppendAsync(id, [HistoryMessage.User("x")]);

        (Provider.Commits, Provider.Reads).Should().Be((10, 0));
        await (await JoinAsync(Configure)).History.AppendAsync(id, [HistoryMessage.User("from another host")]);
        (await History.ReadAsync(id)).Should().HaveCount(11);
    }

    [Test]
    public async Task AppendAsync_AppendedMessageElsewhere_IsANewOne()
    {
        var (one, two) = ((await History.CreateAsync("ann")).Id, (await History.CreateAsync("ann")).Id);
        await History.AppendAsync(one, [HistoryMessage.User("a"), HistoryMessage.User("b")]);
        var source = await History.ReadAsync(one);

        var copy = await History.AppendAsync(two, [source[1]]);

        copy.Should().Equal(source[1] with { Sequence = 1 });
    }

    [Test]
    public async Task AppendAsync_KnownIds_AddsOnlyWhatIsNew()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var first = await History.AppendAsync(id, [Message("a"), Message("b")]);

        var second = await History.AppendAsync(id, [Message("c"), Message("b"), Message("d"), Message("a")]);
        var third = await History.AppendAsync(id, [Message("b"), Message("a")]);

        second.Select(static m => m.Id).Should().Equal("c", "b", "d", "a");
        second.Select(static m => m.Sequence).Should().Equal(3, 2, 4, 1);
        second[1].Should().Be(first[1], "what is kept stays as it is");
        third.Should().Equal(first[1], first[0]);
        (await History.ReadAsync(id)).Select(static m => m.Id).Should().Equal("a", "b", "c", "d");
    }

    [Test]
    public async Task AppendAsync_KnownIdWithOtherContent_IsAConflictAndAddsNothing()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [Message("a"), Message("b")]);
        foreach (var other in new[]
        {
            Message("b") with { Text = "sesame" }, Message("b") with { Name = "Ann" }, Message("b") with { Role = MessageRole.Assistant }, Message("b") with { Parts = JsonElement.Parse("1") },
            Message("b") with { AdditionalProperties = new Dictionary<string, JsonElement> { ["refusal"] = JsonElement.Parse("1") } }, Message("b") with { ToolCalls = [new("c", "t", "")] }, Message("b") with { Pinned = true },
        })
            (await FluentActions.Invoking(() => History.AppendAsync(id, [Message("new"), other])).Should().ThrowAsync<StateConflictException>()).Which.Message.Should().StartWith("Message 1: ").And.NotContain("sesame");
        (await History.ReadAsync(id)).Should().HaveCount(2);

        (await History.AppendAsync(id, [Message("b") with { CreatedAt = Now.AddDays(-1) }]))[0].Sequence.Should().Be(2, "the time is not content");
        await History.EditAsync(id, 2, static m => m with { Text = "edited" });
        (await History.AppendAsync(id, [Message("b")]))[0].Text.Should().Be("edited", "what was edited since comes back edited");
    }

    [Test]
    public async Task AppendAsync_ResultWithoutItsCall_IsRefused()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.User("q"), HistoryMessage.Assistant(null, new ToolCall("c", "t", ""))]);

        (await FluentActions.Invoking(() => History.AppendAsync(id, [HistoryMessage.Tool("c", "r"), HistoryMessage.Tool("never called", "?")])).Should().ThrowAsync<StateConflictException>()).Which.Message.Should().StartWith("Message 1 ");
        await FluentActions.Invoking(() => History.AppendAsync(id, [HistoryMessage.Tool("later", "?"), HistoryMessage.Assistant(null, new ToolCall("later", "t", ""))])).Should().ThrowAsync<StateConflictException>();
        (await History.ReadAsync(id)).Should().HaveCount(2);
        Provider.ResetCounts();
        await History.AppendAsync(id, [HistoryMessage.Tool("c", "r")]);
        (Provider.Reads, Provider.Commits).Should().Be((0, 1), "what this process has appended it need not read");
        await (await JoinAsync(Configure)).History.AppendAsync(id, [HistoryMessage.Tool("c", "again")]);
        await History.RemoveAsync(id, MessageRange.All);
        await FluentActions.Invoking(() => History.AppendAsync(id, [HistoryMessage.Tool("c", "too late")])).Should().ThrowAsync<StateConflictException>();
        (await History.ReadAsync(id)).Should().BeEmpty();
    }

    [Test]
    public async Task AppendAsync_ResultAgainWhoseCallIsLost_ComesBackAsItIsStored()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var result = HistoryMessage.Tool("c", "r") with { Id = "result" };
        await History.AppendAsync(id, [HistoryMessage.Assistant(null, new ToolCall("c", "t", "")), result]);
        await Provider.LoseEntryAsync("messages", 1);
        var other = (await JoinAsync(Configure)).History;

        (await other.AppendAsync(id, [result])).Single().Sequence.Should().Be(2);
        await FluentActions.Invoking(() => other.AppendAsync(id, [result, HistoryMessage.Tool("c", "new")])).Should().ThrowAsync<StateConflictException>();
    }

    [Test]
    public async Task AppendAsync_FurtherMembers_ComeBack()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var members = new Dictionary<string, JsonElement> { ["reasoning_content"] = JsonElement.Parse("\"because\""), ["audio"] = JsonElement.Parse("""{"id":"a"}""") };
        HistoryMessage[] messages =
        [
            HistoryMessage.Assistant("x", new ToolCall("c", "t", "") { AdditionalProperties = members }) with { AdditionalProperties = members },
            new() { Role = MessageRole.Tool, ToolResults = [new("c", "seen") { Parts = JsonElement.Parse("""[{"type":"image"}]"""), AdditionalProperties = members }] },
        ];

        var stored = await History.AppendAsync(id, messages);

        (await History.ReadAsync(id)).Should().Equal(stored);
        (stored[0].ToolCalls[0], stored[1].ToolResults[0]).Should().Be((messages[0].ToolCalls[0], messages[1].ToolResults[0]));
        foreach (var own in new[] { "role", "content", "blueplan_state" })
            await FluentActions.Invoking(() => History.AppendAsync(id, [HistoryMessage.User("x") with { AdditionalProperties = new Dictionary<string, JsonElement> { [own] = default } }])).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task AppendAsync_ReplyLost_CanBeRepeated()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [Message("a")]);
        Provider.LoseNextReply();
        var append = () => History.AppendAsync(id, [Message("b"), Message("c")]);

        (await append.Should().ThrowAsync<StateUnavailableException>()).Which.MayHaveBeenWritten.Should().BeTrue();
        var repeated = await append();

        repeated.Select(static m => m.Sequence).Should().Equal(2, 3);
        (await History.ReadAsync(id)).Select(static m => m.Id).Should().Equal("a", "b", "c");
    }

    [Test]
    public async Task AppendAsync_RemovedInBetween_AddsAgain()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [Message("a"), Message("b")]);
        Provider.OnRead = async (_, read) =>
        {
            Provider.OnRead = null;
            await History.RemoveAsync(id, MessageRange.All);
            return await read();
        };

        (await History.AppendAsync(id, [Message("a"), Message("c")])).Select(static m => m.Sequence).Should().Equal(3, 4);
        (await History.ReadAsync(id)).Select(static m => m.Id).Should().Equal("a", "c");
    }

    [Test]
    public async Task AppendAsync_DeletedInBetween_IsNotFound()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [Message("a")]);
        Provider.BeforeNextCommit(() => History.DeleteAsync(id));

        await FluentActions.Invoking(() => History.AppendAsync(id, [Message("b")])).Should().ThrowAsync<StateNotFoundException>();
        (await History.ReadAsync(id)).Should().BeEmpty();
        (await History.ListAsync("ann")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task AppendAsync_CancelledBefore_WritesNothing()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var cancelled = new CancellationToken(canceled: true);

        await FluentActions.Invoking(() => History.AppendAsync(id, [Message("a")], cancelled)).Should().ThrowAsync<OperationCanceledException>();
        (await History.ReadAsync(id)).Should().BeEmpty();
    }

    [Test]
    public async Task AppendAsync_ManyAtOnce_LosesAndDoublesNothing()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var other = (await JoinAsync(Configure)).History;

        var stored = await Task.WhenAll(Enumerable.Range(0, Callers).Select(c => Task.Run(async () =>
        {
            var mine = new List<IReadOnlyList<HistoryMessage>>();
            for (var i = 0; i < 6; i++) mine.Add(await (c % 2 == 0 ? History : other).AppendAsync(id, [Message($"{c}-{i}-a"), Message($"{c}-{i}-b")]));
            return mine;
        })));

        var read = await History.ReadAsync(id);
        read.Select(static m => m.Sequence).Should().Equal(Enumerable.Range(1, Callers * 12).Select(static s => (long)s));
        read.Select(static m => m.Id).Should().OnlyHaveUniqueItems();
        stored.SelectMany(static c => c).Should().OnlyContain(static batch => batch[1].Sequence == batch[0].Sequence + 1, "an append is whole");
        stored.Should().OnlyContain(static batches => batches.SequenceEqual(batches.OrderBy(static b => b[0].Sequence)), "a caller's appends are in its order");
        stored.SelectMany(static c => c).SelectMany(static b => b).OrderBy(static m => m.Sequence).Should().Equal(read);
    }

    [Test]
    public async Task AppendAsync_SameMessagesByManyAtOnce_AreThereOnce()
    {
        var id = (await History.CreateAsync("ann")).Id;

        var stored = await Task.WhenAll(Enumerable.Range(0, Callers).Select(c => Task.Run(() => History.AppendAsync(id, [Message($"{c % 8}"), Message($"shared {c % 2}")]))));

        var read = await History.ReadAsync(id);
        read.Select(static m => m.Id).Should().BeEquivalentTo("0", "1", "2", "3", "4", "5", "6", "7", "shared 0", "shared 1");
        read.Select(static m => m.Sequence).Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        var bySequence = read.ToDictionary(static m => m.Id!);
        stored.SelectMany(static s => s).Should().OnlyContain(m => bySequence[m.Id!].Sequence == m.Sequence, "everybody is told the same");
    }

    [Test]
    public async Task AppendAsync_AfterRestart_GoesOn()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [Message("a"), Message("b")]);
        await RestartAsync();

        (await History.AppendAsync(id, [Message("b"), Message("c")])).Select(static m => m.Sequence).Should().Equal(2, 3);
        (await History.ReadAsync(id)).Select(static m => m.Id).Should().Equal("a", "b", "c");
    }

    private static HistoryMessage Message(string id) => HistoryMessage.User(id) with { Id = id };
}
