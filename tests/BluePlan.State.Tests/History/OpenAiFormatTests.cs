using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class OpenAiFormatTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static string Write(params HistoryMessage[] messages)
    {
        using var buffer = new PooledBuffer();
        using (var writer = new OpenAiMessageWriter(buffer))
            foreach (var message in messages) writer.Write(message);
        return Encoding.UTF8.GetString(buffer.Written.Span);
    }

    private static async Task<List<HistoryMessage>> ReadAsync(string text) =>
        [.. (await OpenAiMessageReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), Now, default)).Select(static l => l.Message)];

    private static HistoryMessage Stored(HistoryMessage message) => message with { Id = "id", Sequence = 3, CreatedAt = Now };

    public static IEnumerable<HistoryMessage> Messages()
    {
        var call = new ToolCall("call_1", "search", "{\"q\":\"北京\"}");
        yield return HistoryMessage.User("hi");
        yield return HistoryMessage.User("");
        yield return new() { Role = MessageRole.Assistant };
        yield return new() { Role = "event", Name = "bell", Text = "a\nb\u2028\"\\" };
        yield return HistoryMessage.System("rules") with { Pinned = true, EditedAt = Now.AddMilliseconds(7) };
        yield return HistoryMessage.Assistant("let me see", call, new ToolCall("call_2", "x", ""));
        yield return HistoryMessage.Tool("call_1", "sun");
        yield return HistoryMessage.Tool("call_1", "") with { Name = "search" };
        yield return new() { Role = MessageRole.Tool, ToolResults = [new("call_1", "a"), new("call_2", "b"), new("call_3", "c")], Name = "several" };
        yield return new() { Role = MessageRole.User, Text = "and?", ToolResults = [new("call_1", "a")], Pinned = true };
        yield return new() { Role = MessageRole.Tool, Text = "", ToolResults = [new("call_1", "a")] };
        yield return new() { Role = MessageRole.Assistant, Text = "both", ToolCalls = [call], ToolResults = [new("call_1", "own"), new("call_0", "other")] };
        yield return new() { Role = MessageRole.User, Parts = JsonElement.Parse("""[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"x"}}]"""), Text = "look" };
        yield return new() { Role = MessageRole.User, Parts = JsonElement.Parse("""[{"type":"text","text":"look"},{"type":"text","text":"here"}]"""), Text = "look\nhere" };
        yield return new() { Role = MessageRole.User, Parts = JsonElement.Parse("""[{"type":"text","text":"look"}]"""), Text = "something else" };
        yield return new() { Role = MessageRole.User, Parts = JsonElement.Parse("""[{"type":"text","text":"look"}]""") };
        yield return new() { Role = MessageRole.User, Parts = JsonElement.Parse("[]") };
        yield return new() { Role = MessageRole.User, Parts = JsonElement.Parse("""{"mine":[1.0,1e400,"é"]}"""), Text = "t" };
        yield return new() { Role = MessageRole.User, Parts = JsonElement.Parse("\"plain\"") };
        yield return new() { Role = MessageRole.Tool, ToolResults = [new("call_1", "a")], Parts = JsonElement.Parse("""[{"type":"image"}]""") };
        yield return new() { Role = MessageRole.Tool, ToolResults = [new("call_1", "a"), new("call_2", "b")], Parts = JsonElement.Parse("7") };
    }

    [TestCaseSource(nameof(Messages))]
    public async Task Read_WhatWasWritten_IsEqual(HistoryMessage message)
    {
        var stored = Stored(message);

        (await ReadAsync(Write(stored, stored with { Id = "next", Sequence = 4 }))).Should().Equal(stored, stored with { Id = "next", Sequence = 4 });
    }

    [Test]
    public void Write_CallAndResults_IsTheFormatThatOthersRead()
    {
        var text = Write(Stored(HistoryMessage.Assistant(null, new ToolCall("call_1", "search", "{}"))), Stored(new() { Role = MessageRole.Tool, ToolResults = [new("call_1", "好")] }));

        text.Should().Be(
            """
            {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"search","arguments":"{}"}}],"blueplan_state":{"id":"id","sequence":3,"created_at":"2026-03-01T12:00:00.000Z"}}
            {"role":"tool","tool_call_id":"call_1","content":"好","blueplan_state":{"id":"id","sequence":3,"created_at":"2026-03-01T12:00:00.000Z"}}

            """.ReplaceLineEndings("\n"));
    }

    [Test]
    public async Task Read_ResultOfAToolThatIsMoreThanText_KeepsItsParts()
    {
        var message = (await ReadAsync("""{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"seen"},{"type":"image_url","image_url":{"url":"u"}}]}""")).Should().ContainSingle().Subject;

        message.ToolResults.Should().Equal(new ToolResult("c", "seen"));
        message.Parts!.Value.GetArrayLength().Should().Be(2);
        (await ReadAsync(Write(Stored(message)))).Should().Equal(Stored(message));
    }

    [Test]
    public async Task Read_OtherMakersLines_TakesWhatItKnows()
    {
        var messages = await ReadAsync(
            """
            {"role":"system","content":"rules","refusal":null,"weight":1}
            {"role":"user","name":"Ann","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"b"}]}
            {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{"x":1}}}]}
            {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"r"}]}
            {"role":"assistant","content":"done","tool_calls":null,"function_call":null}
            """);

        messages.Should().HaveCount(5);
        messages.Select(static m => m.Role).Should().Equal("system", "user", "assistant", "tool", "assistant");
        messages.Select(static m => m.Text).Should().Equal("rules", "a\nb", null, null, "done");
        messages[1].Name.Should().Be("Ann");
        messages[1].Parts!.Value.GetArrayLength().Should().Be(3);
        messages[2].ToolCalls.Should().Equal(new ToolCall("c", "f", """{"x":1}"""));
        messages[3].ToolResults.Should().Equal(new ToolResult("c", "r"));
        messages[3].Parts.Should().BeNull();
        messages.Should().OnlyContain(static m => m.CreatedAt == Now && m.Sequence == 0);
        messages.Select(static m => m.Id).Should().OnlyHaveUniqueItems().And.NotContainNulls();
    }

    [TestCase("""[1]""", "not a JSON object")]
    [TestCase("""{"role":"user","content":"x" """, "not readable JSON")]
    [TestCase("""{"content":"x"}""", "role is missing")]
    [TestCase("""{"role":7,"content":"x"}""", "role is not of the kind String")]
    [TestCase("""{"role":"user","content":7}""", "content is neither")]
    [TestCase("""{"role":"assistant","tool_calls":{}}""", "not an array")]
    [TestCase("""{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{}}]}""", "not a call of a function")]
    [TestCase("""{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":""}}]}""", "lacks an id")]
    [TestCase("""{"role":"assistant","function_call":{"name":"f","arguments":""}}""", "function_call")]
    [TestCase("""{"role":"user","content":"\ud800"}""", "not readable JSON in UTF-8")]
    [TestCase("""{"role":"user","content":"x","blueplan_state":{"created_at":"yesterday"}}""", "not a time")]
    [TestCase("""{"role":"user","content":"x","blueplan_state":{"sequence":1.5}}""", "not readable")]
    [TestCase("""{"role":"user","content":"x","blueplan_state":{"continues":"a"}}""", "beginning of its message is missing")]
    [TestCase("""{"role":"tool","tool_call_id":"a","content":"x","blueplan_state":{"id":"m","lines":2}}""", "ends within its message")]
    public async Task Read_BrokenLine_SaysWhichAndWhy(string line, string why)
    {
        var reading = async () => await ReadAsync($"{{\"role\":\"user\",\"content\":\"good\"}}\n\n{line}");

        (await reading.Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().StartWith("Line 3: ").And.Contain(why);
    }

    [Test]
    public async Task Read_InvalidUtf8_SaysWhich()
    {
        byte[] bytes = [.. "{\"role\":\"user\",\"content\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var reading = async () => await OpenAiMessageReader.ReadAsync(new MemoryStream(bytes), Now, default);

        (await reading.Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().StartWith("Line 1: ");
    }
}
