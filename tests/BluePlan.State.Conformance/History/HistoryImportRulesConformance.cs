using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>What an import refuses, leaves out or changes, and how it says so.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryImportRulesConformance<THarness> : HistoryTransferFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task ImportAsync_MessageOfTheFuture_IsNoActivityOfTheFuture()
    {
        var copy = await ImportAsync("ann", new MemoryStream("{\"role\":\"user\",\"content\":\"x\",\"blueplan_state\":{\"created_at\":\"9999-01-01T00:00:00Z\"}}"u8.ToArray()));

        copy.LastActivityAt.Should().BeOnOrBefore(Now + Tick);
        (await History.ReadAsync(copy.Id))[0].CreatedAt!.Value.Year.Should().Be(9999);
    }

    [TestCase("{\"role\":\"user\"", "Line 2")]
    [TestCase("{\"role\":\"user\",\"content\":\"x\",\"blueplan_state\":{\"id\":\"one\"}}", "Line 2: its id is that of an earlier message")]
    public async Task ImportAsync_BadLine_SaysWhichAndLeavesNothing(string line, string message)
    {
        var file = $"{{\"role\":\"user\",\"content\":\"a\",\"blueplan_state\":{{\"id\":\"one\"}}}}\n{line}\n";

        (await FluentActions.Invoking(() => History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(file)))).Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().StartWith(message);
        (await History.ListAsync("ann")).Items.Should().BeEmpty();
        await FluentActions.Invoking(() => History.ImportAsync("ann", null!)).Should().ThrowAsync<ArgumentNullException>();
        await FluentActions.Invoking(() => History.ExportAsync(new('0', 36), null!)).Should().ThrowAsync<ArgumentNullException>();
    }

    [Test]
    public async Task ImportAsync_LongerThanTheMaximum_KeepsWhatAppendsWouldKeep()
    {
        await StartAsync(static b => b.Configure(static o => o.History.MaximumMessages = 5));
        var file = string.Concat(Enumerable.Range(1, 9).Select(static i => $"{{\"role\":\"user\",\"content\":\"{i}\"}}\n"));

        var copy = await ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(file)));

        (await History.ReadAsync(copy.Id)).Select(static m => (m.Sequence, m.Text)).Should().Equal((5, "5"), (6, "6"), (7, "7"), (8, "8"), (9, "9"));
        (await History.GetAsync(copy.Id))!.MessageCount.Should().Be(5);
    }

    [Test]
    public async Task ImportAsync_SequencesNearTheEnd_AreGivenAnew()
    {
        var result = await History.ImportAsync("ann", new MemoryStream("{\"role\":\"user\",\"content\":\"x\",\"blueplan_state\":{\"sequence\":9007199254740991}}"u8.ToArray()));

        result.Changes.Select(static c => c.ToString()).Should().Equal("1: Renumbered");
        (await History.AppendAsync(result.Conversations[0].Id, [HistoryMessage.User("y")]))[0].Sequence.Should().Be(2);
    }

    [Test]
    public async Task AppendAsync_NoSequenceIsLeft_IsAConflictWhoseRemedyHelps()
    {
        var source = await History.CreateAsync("ann", null, "mine");
        await History.AppendAsync(source.Id, [HistoryMessage.User("x")]);
        await Provider.UseUpSequencesAsync("messages");
        await FluentActions.Invoking(() => History.AppendAsync(source.Id, [HistoryMessage.User("y")])).Should().ThrowAsync<StateConflictException>().WithMessage("*Export it*");

        var file = await ExportAsync(source.Id);
        await History.DeleteAsync(source.Id);
        await History.ImportAsync("ann", new MemoryStream(file));

        (await History.AppendAsync(source.Id, [HistoryMessage.User("y")]))[0].Sequence.Should().Be(2);
    }

    [Test]
    public async Task ImportAsync_ResultWithoutItsCall_IsLeftOutAndReported()
    {
        var result = await History.ImportAsync("ann", new MemoryStream("{\"role\":\"user\",\"content\":\"a\"}\n{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"x\"}\n"u8.ToArray()));

        (result.Omitted, result.Changes.Single().ToString()).Should().Be((1, "2: ResultOmitted"));
        (await History.ReadAsync(result.Conversations[0].Id)).Should().ContainSingle();
    }

    [TestCase("{\"messages\":[],\"tools\":{0}}", 257)]
    [TestCase("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":{0}}", 262)]
    public async Task ImportAsync_ConversationMembersThatNestDeep_AreRefusedOrComeBack(string line, int tooDeep)
    {
        foreach (var depth in new[] { 60, 128, 256, tooDeep })
        {
            var file = Encoding.UTF8.GetBytes(line.Replace("{0}", new string('[', depth) + new string(']', depth), StringComparison.Ordinal));
            HistoryImportResult result;
            try
            {
                result = await History.ImportAsync("ann", new MemoryStream(file));
            }
            catch (InvalidDataException exception)
            {
                depth.Should().Be(tooDeep);
                exception.Message.Should().StartWith("Line 1: ");
                continue;
            }
            depth.Should().BeLessThan(tooDeep);
            foreach (var asExample in new[] { false, true })
            {
                var export = await ExportAsync(result.Conversations[0].Id, new() { IsTrainingExample = asExample });
                var copy = (await History.ImportAsync("bob", new MemoryStream(export), new() { HostConversationId = $"{depth} {asExample}" })).Conversations.Single();
                JsonMembersShouldBeEqual(copy, result.Conversations[0]);
            }
        }

        static void JsonMembersShouldBeEqual(Conversation one, Conversation other) =>
            one.AdditionalProperties["tools"].GetRawText().Should().Be(other.AdditionalProperties["tools"].GetRawText());
    }

    [TestCase("{\"messages\":[],\"tools\":\"#\"}")]
    [TestCase("{\"messages\":[],\"#\":1}")]
    [TestCase("{\"role\":\"user\",\"content\":\"#\"}")]
    [TestCase("{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"of\":\"#\"}]}")]
    [TestCase("{\"role\":\"user\",\"content\":\"x\",\"mine\":[\"#\"]}")]
    [TestCase("{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":\"#\"}}}]}")]
    public async Task ImportAsync_InvalidUtf8AnywhereInALine_IsRefused(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line).SelectMany(static b => b == (byte)'#' ? [0xC3, (byte)'('] : new[] { b }).ToArray();

        (await FluentActions.Invoking(() => History.ImportAsync("ann", new MemoryStream(bytes))).Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().StartWith("Line 1: ");
        (await History.ListAsync("ann")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task ImportAsync_MemberThatStandsTwice_TakesTheLastAndReportsIt()
    {
        const string File = """
            {"role":"user","role":"assistant","content":"a","content":"b"}
            {"messages":[{"role":"user","content":"c","content":"d"}],"tools":[1],"tools":[2]}
            {"role":"assistant","tool_calls":[{"id":"k","id":"l","function":{"name":"f","arguments":"1","arguments":"2"}}]}
            {"role":"user","content":[{"type":"mine","a":1,"a":2}]}
            """;

        var result = await History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes(File)));

        result.Changes.Select(static c => c.ToString()).Should().Equal("1: MemberRepeated", "2: MemberRepeated", "3: MemberRepeated");
        (await History.ReadAsync(result.Conversations[0].Id)).Select(static m => (m.Role, m.Text)).Should().Equal(("assistant", "b"));
        (await History.ReadAsync(result.Conversations[1].Id)).Select(static m => (m.Role, m.Text)).Should().Equal(("user", "d"));
        result.Conversations[1].AdditionalProperties["tools"].GetRawText().Should().Be("[2]");
        (await History.ReadAsync(result.Conversations[2].Id))[0].ToolCalls.Should().Equal(new ToolCall("l", "f", "2"));
    }

    [TestCase("")]
    [TestCase("t", 1_001)]
    public async Task ImportAsync_TitleThatBreaksItsRule_IsLeftOutAndReported(string letter, int count = 1)
    {
        var title = string.Concat(Enumerable.Repeat(letter, count));

        var result = await History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes($$"""{"messages":[],"blueplan_state":{"conversation":{"title":"{{title}}"} } }""")));

        (result.Conversations[0].Title, result.Changes.Single().ToString()).Should().Be((null, "1: TitleOmitted"));
        (await History.ListAsync("ann")).Items[0].Title.Should().BeNull();
    }

    [Test]
    public async Task ImportAsync_AppsIdThatLeavesNoRoomForANumber_IsRefusedAndWritesNothing()
    {
        var options = new ConversationOptions { HostConversationId = new('i', 384) };

        await FluentActions.Invoking(() => History.ImportAsync("ann", new MemoryStream("{\"messages\":[]}\n{\"messages\":[]}"u8.ToArray()), options)).Should().ThrowAsync<ArgumentException>();

        (await History.ListAsync("ann")).Items.Should().BeEmpty();
        (await History.ImportAsync("ann", new MemoryStream("{\"messages\":[]}"u8.ToArray()), options)).Conversations.Single().HostConversationId.Should().Be(options.HostConversationId);
    }

    [TestCase("{\"role\":\"user\",\"content\": secret }")]
    [TestCase("{\"role\":\"user\",\"content\":\"x\"} tsecret")]
    [TestCase("{\"role\":\"user\",\"content\":tsecret}")]
    [TestCase("{\"role\":\"user\",\"content\":\"x\",\"role\":tsecret}")]
    public async Task ImportAsync_BrokenJson_IsToldWithoutItsContent(string line)
    {
        var exception = (await FluentActions.Invoking(() => History.ImportAsync("ann", new MemoryStream(Encoding.UTF8.GetBytes($"\n{line}")))).Should().ThrowAsync<InvalidDataException>()).Which;

        exception.Message.Should().StartWith("Line 2: it is not readable JSON in UTF-8");
        exception.ToString().Should().NotContain("secret");
    }
}
