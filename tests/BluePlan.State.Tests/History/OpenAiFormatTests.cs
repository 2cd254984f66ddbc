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
        using (var json = new Utf8JsonWriter(buffer, OpenAiFormat.WriterOptions))
        {
            var writer = new OpenAiMessageWriter(json, new(), () =>
            {
                json.Flush();
                System.Buffers.BuffersExtensions.Write(buffer, "\n"u8);
                json.Reset();
            });
            foreach (var message in messages) writer.Write(message);
        }
        return Encoding.UTF8.GetString(buffer.Written.Span);
    }

    private static async Task<List<HistoryMessage>> ReadAsync(string text) =>
        [.. (await new OpenAiFileReader(Now).ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), default)).SelectMany(static c => c.Messages).Select(static l => l.Message)];

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
        var more = new Dictionary<string, JsonElement> { ["refusal"] = JsonElement.Parse("\"no\""), ["x"] = JsonElement.Parse("""{"a":[1]}""") };
        yield return HistoryMessage.User("hi") with { AdditionalProperties = more };
        yield return HistoryMessage.Assistant(null, call with { AdditionalProperties = more }) with { AdditionalProperties = more };
        yield return HistoryMessage.Tool("call_1", "a") with { AdditionalProperties = more };
        yield return new() { Role = MessageRole.Tool, AdditionalProperties = more, ToolResults = [new("call_1", "a") { AdditionalProperties = more }, new("call_2", "look") { Parts = JsonElement.Parse("""[{"type":"image"}]""") }] };
        yield return new() { Role = MessageRole.Tool, ToolResults = [new("call_1", "a") { Parts = JsonElement.Parse("""[{"type":"text","text":"b"}]""") }, new("call_2", "") { Parts = JsonElement.Parse("""[{"type":"text","text":"b"}]""") }] };
        yield return new() { Role = MessageRole.User, Text = "look", Parts = JsonElement.Parse("""[{"type":"image_url","image_url":{"url":"x"}}]""") };
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

        var result = message.ToolResults.Should().ContainSingle().Subject;
        (result.CallId, result.Text, result.Parts!.Value.GetArrayLength()).Should().Be(("c", "seen", 2));
        message.Parts.Should().BeNull();
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
        messages[0].AdditionalProperties.Should().ContainSingle().Which.Key.Should().Be("weight");
        messages[3].ToolResults.Should().Equal(new ToolResult("c", "r") { Parts = JsonElement.Parse("""[{"type":"text","text":"r"}]""") });
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
    [TestCase("""{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{}}]}""", "lacks an id, a name")]
    [TestCase("""{"role":"assistant","tool_calls":[{"id":"c","type":"function"}]}""", "has no function")]
    [TestCase("""{"messages":[{"role":"user","content":"x"},7]}""", "one of its messages is not a JSON object")]
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
    public async Task Read_WhatOtherMakersHave_IsTakenAndReported()
    {
        const string File = """
            {"role":"user","content":"cut \ud83d emoji"}
            {"role":"assistant","content":null,"tool_calls":[{"id":"","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"k","type":"custom","custom":{"name":"sql","input":"select 1"}},{"id":"k","type":"function","function":{"name":"g","arguments":"","strict":true},"extra_content":{"google":{"thought_signature":"abc"}}}]}
            {"role":"tool","tool_call_id":"","content":"of f"}
            {"role":"tool","tool_call_id":"k","content":"of sql"}
            {"role":"tool","tool_call_id":"k","content":"of g","is_error":true}
            {"role":"assistant","content":null,"function_call":{"name":"old","arguments":"{\"x\":1}"}}
            {"role":"function","name":"old","content":{"a":1}}
            {"role":"assistant","content":"done","refusal":"no","audio":{"id":"a"},"reasoning_content":"because","weight":0}
            """;
        var reader = new OpenAiFileReader(Now);

        var conversation = (await reader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(File)), default)).Should().ContainSingle().Subject;

        var messages = conversation.Messages.Select(static l => l.Message).ToArray();
        messages[0].Text.Should().Be("cut \uFFFD emoji");
        var calls = messages[1].ToolCalls;
        calls.Select(static c => (c.Name, c.ArgumentsJson)).Should().Equal(("f", "{}"), ("sql", "select 1"), ("g", ""));
        calls.Select(static c => c.Id).Should().OnlyHaveUniqueItems().And.NotContain("");
        calls[2].AdditionalProperties["extra_content"].GetProperty("google").GetProperty("thought_signature").GetString().Should().Be("abc");
        messages[2..5].Select(static m => (m.ToolResults[0].CallId, m.ToolResults[0].Text)).Should().Equal((calls[0].Id, "of f"), ("k", "of sql"), (calls[2].Id, "of g"));
        messages[4].ToolResults[0].AdditionalProperties["is_error"].GetBoolean().Should().BeTrue();
        messages[5].ToolCalls.Should().ContainSingle().Which.Name.Should().Be("old");
        (messages[6].Role, messages[6].ToolResults[0].CallId, messages[6].ToolResults[0].Text).Should().Be((MessageRole.Tool, messages[5].ToolCalls[0].Id, """{"a":1}"""));
        messages[7].AdditionalProperties.Keys.Should().BeEquivalentTo("refusal", "audio", "reasoning_content", "weight");
        reader.Changes.Select(static c => c.ToString()).Should().Equal("1: TextRepaired", "2: CallIdCreated", "2: CallIdCreated", "3: ResultMatched", "5: ResultMatched", "6: FunctionCallConverted", "7: ContentConverted", "7: FunctionCallConverted");
        HistoryMessage[] stored = [.. messages.Select(static (m, i) => m with { Id = $"m{i}", Sequence = i + 1 })];
        (await ReadAsync(Write(stored))).Should().Equal(stored);
        Write(stored).Should().Contain("""{"id":"k","type":"custom","custom":{"name":"sql","input":"select 1"}}""").And.Contain("\"strict\":true");
    }

    [TestCase("""[{"type":"image_url","image_url":{"url":"u"}}]""", "look", """[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"u"}}]""")]
    [TestCase("""[{"type":"input_text","text":"look"},{"type":"input_image","image_url":"u"}]""", "look", "\"look\"")]
    [TestCase("""[{"type":"input_text","text":"look"},{"type":"input_image","image_url":"u"}]""", null, "\"look\"")]
    [TestCase("""[{"type":"text","text":"look"},{"type":"thinking","thinking":"hm"}]""", "look", "\"look\"")]
    public async Task Write_Parts_SaysTheTextInTheContent(string parts, string? text, string content)
    {
        var message = Stored(new() { Role = MessageRole.User, Text = text, Parts = JsonElement.Parse(parts) });

        var line = Write(message);

        JsonElement.DeepEquals(JsonElement.Parse(line).GetProperty("content"), JsonElement.Parse(content)).Should().BeTrue(line);
        (await ReadAsync(line)).Should().Equal(message);
    }

    [Test]
    public async Task Read_EveryCutOfAnEmoji_IsReplacedAndNothingElse()
    {
        foreach (var (cut, expected) in new (byte[], string)[] { ([0xF0, 0x9F, 0x98], "\uFFFD"), ([0xF0, 0x9F], "\uFFFD"), ([0xED, 0xA0, 0xBD], "\uFFFD"), ("\\ud83d"u8.ToArray(), "\uFFFD"), ("\\ude00\\ud83d"u8.ToArray(), "\uFFFD\uFFFD"), ("\\ud83d\\ude00"u8.ToArray(), "😀"), ("\\\\ud83d"u8.ToArray(), "\\ud83d") })
        {
            byte[] line = [.. "{\"role\":\"user\",\"content\":\"好"u8, .. cut, .. "é\"}"u8];
            (await new OpenAiFileReader(Now).ReadAsync(new MemoryStream(line), default))[0].Messages[0].Message.Text.Should().Be($"好{expected}é");
        }
    }

    [Test]
    public async Task Read_TrainingExamples_AreAConversationEach()
    {
        var conversations = await new OpenAiFileReader(Now).ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes("""
            {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":1}],"tools":[{"type":"function"}],"parallel_tool_calls":false}
            {"messages":[{"role":"user","content":"c"}]}
            {"input":{"messages":[{"role":"user","content":"d"}]},"preferred_output":[],"non_preferred_output":[]}
            {"role":"user","content":"e"}
            """)), default);

        conversations.Select(static c => (c.Line, c.Messages.Count)).Should().Equal((1, 2), (2, 1), (3, 1), (4, 1));
        conversations[0].Members.Keys.Should().BeEquivalentTo("tools", "parallel_tool_calls");
        conversations[2].Members.Keys.Should().BeEquivalentTo("input", "preferred_output", "non_preferred_output");
    }

    [Test]
    public async Task Read_InvalidUtf8_SaysWhich()
    {
        byte[] bytes = [.. "{\"role\":\"user\",\"content\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var reading = async () => await new OpenAiFileReader(Now).ReadAsync(new MemoryStream(bytes), default);

        (await reading.Should().ThrowAsync<InvalidDataException>()).Which.Message.Should().StartWith("Line 1: ");
    }
}
