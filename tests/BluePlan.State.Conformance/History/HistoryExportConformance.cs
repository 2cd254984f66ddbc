using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Conversations to files.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryExportConformance<THarness> : HistoryTransferFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task ExportAsync_DeletedMeanwhile_IsNotFoundAndWritesNothing()
    {
        var source = await MakeAsync();
        DeleteAfterTheNextRead(source.Id);
        var file = new MemoryStream();

        await FluentActions.Invoking(() => History.ExportAsync(source.Id, file)).Should().ThrowAsync<StateNotFoundException>();

        file.Length.Should().Be(0);
    }

    [Test]
    public async Task ExportAsync_Message_IsALineOfTheOpenAiFormat()
    {
        var source = await MakeAsync();

        var lines = Encoding.UTF8.GetString(await ExportAsync(source.Id)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => JsonElement.Parse(l)).ToArray();

        lines.Select(static l => l.GetProperty("role").GetString()).Should().Equal("system", "user", "assistant", "tool", "tool", "assistant");
        lines[1].GetProperty("content").GetString().Should().Be("北京 😀");
        lines[2].GetProperty("tool_calls")[1].GetProperty("function").GetProperty("arguments").GetString().Should().Be("{\"n\":2}");
        lines[3].GetProperty("tool_call_id").GetString().Should().Be("x");
        Encoding.UTF8.GetString(await ExportAsync(source.Id)).Should().Contain("北京");
    }

    [Test]
    public async Task ExportAsync_Plain_HasOnlyDocumentedMembers()
    {
        var id = (await History.CreateAsync("ann", "secret title")).Id;
        await History.AppendAsync(id,
        [
            HistoryMessage.User("look") with { Name = "Ann Smith", Parts = JsonElement.Parse("""[{"type":"input_image","image_url":"u"}]"""), Pinned = true },
            HistoryMessage.Assistant("wait", new ToolCall("never answered", "f", "{}")), new() { Role = "event", Text = "bell" },
            HistoryMessage.Assistant(null, new ToolCall("c", "f", "{}") { AdditionalProperties = Members(("extra_content", "1"), ("type", "\"vendors\"")) }), HistoryMessage.Tool("c", "r"),
            HistoryMessage.Assistant("done") with { AdditionalProperties = Members(("reasoning_content", "\"x\""), ("refusal", "\"y\""), ("weight", "1")) },
        ]);

        Encoding.UTF8.GetString(await ExportAsync(id, new() { IsPlain = true })).Should().Be(
            """
            {"role":"user","content":"look"}
            {"role":"assistant","content":"wait"}
            {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}
            {"role":"tool","tool_call_id":"c","content":"r"}
            {"role":"assistant","content":"done","refusal":"y"}

            """.ReplaceLineEndings("\n"));
    }

    [Test]
    public async Task ExportAsync_PlainTrainingExample_EndsWithTheLastAnswerAndSaysNothingEmpty()
    {
        var id = (await History.CreateAsync("ann")).Id;
        var weighed = Members(("weight", "1"), ("refusal", "\"no\""));
        await History.AppendAsync(id,
        [
            HistoryMessage.System(""), HistoryMessage.User("q") with { AdditionalProperties = weighed }, HistoryMessage.Assistant(""),
            HistoryMessage.Assistant(null, new ToolCall("c", "f", "{}")), HistoryMessage.Tool("c", "r") with { Name = "f" },
            HistoryMessage.Assistant("a") with { AdditionalProperties = weighed }, HistoryMessage.User("not answered yet"),
        ]);

        Encoding.UTF8.GetString(await ExportAsync(id, new() { IsPlain = true, IsTrainingExample = true })).Should().Be(
            """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"""
            + """{"role":"tool","tool_call_id":"c","content":"r"},{"role":"assistant","content":"a","weight":1,"refusal":"no"}]}""" + "\n");
    }

    [Test]
    public async Task ExportAsync_PlainTrainingExample_HasOnlyDocumentedMembersOfTheConversation()
    {
        var copy = await ImportAsync("ann", new MemoryStream("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"tools":[],"mine":1}"""u8.ToArray()));

        Encoding.UTF8.GetString(await ExportAsync(copy.Id, new() { IsPlain = true, IsTrainingExample = true })).Should()
            .Be("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"tools":[]}""" + "\n");
        copy.AdditionalProperties.Keys.Should().Equal("tools", "mine");
    }

    [Test]
    public async Task ExportAsync_PlainTrainingExampleWithoutAnAnswer_IsRefusedAndWritesNothing()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.System("rules"), HistoryMessage.User("q"), HistoryMessage.Assistant("")]);
        var file = new MemoryStream();

        (await FluentActions.Invoking(() => History.ExportAsync(id, file, new() { IsPlain = true, IsTrainingExample = true })).Should().ThrowAsync<InvalidOperationException>())
            .WithMessage("The conversation is no training example: it has no assistant message*");

        file.Length.Should().Be(0);
        (await ExportAsync(id, new() { IsTrainingExample = true })).Should().NotBeEmpty("a file with all that is known is no less");
    }

    [Test]
    public async Task ExportAsync_PlainWithMessagesBetweenCallAndResult_PutsResultsBehindTheirCall()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id,
        [
            HistoryMessage.User("q"), HistoryMessage.Assistant(null, new ToolCall("a", "f", ""), new ToolCall("b", "f", "")), HistoryMessage.User("hurry"), HistoryMessage.Tool("b", "rb"),
            HistoryMessage.Assistant("soon"), HistoryMessage.Tool("a", "ra"), HistoryMessage.Assistant("done"),
        ]);

        Lines(await ExportAsync(id, new() { IsPlain = true })).Where(static l => l.Length > 0).Select(static l => JsonElement.Parse(l).GetProperty("content").GetString())
            .Should().Equal("q", null, "rb", "ra", "hurry", "soon", "done");
    }
}
