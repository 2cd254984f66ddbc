using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class MessageRulesTests
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(12_345);

    public static IEnumerable<TestCaseData> Bad()
    {
        yield return new(null, "is null");
        yield return new(new HistoryMessage { Role = "" }, "role is missing");
        yield return new(new HistoryMessage { Role = null! }, "role is missing");
        yield return new(new HistoryMessage { Role = new('x', 385) }, "more than 384 bytes");
        yield return new(HistoryMessage.User("x") with { Id = "" }, "id is missing");
        yield return new(HistoryMessage.User("x") with { Id = new('字', 129) }, "more than 384 bytes");
        yield return new(HistoryMessage.User("half \uD83D"), "half a surrogate pair");
        yield return new(HistoryMessage.User("x") with { Name = "\uDC00" }, "half a surrogate pair");
        yield return new(HistoryMessage.User("x") with { ToolCalls = null! }, "tool calls is null");
        yield return new(HistoryMessage.Assistant(null, new ToolCall("", "f", "")), "tool call 0 lacks an id");
        yield return new(HistoryMessage.Assistant(null, new ToolCall("a", "f", ""), new ToolCall("b", null!, "")), "tool call 1 lacks");
        yield return new(HistoryMessage.Assistant(null, new ToolCall("a", "f", null!)), "lacks");
        yield return new(HistoryMessage.Assistant(null, new ToolCall("a", "f", ""), new ToolCall("a", "g", "")), "tool call 1 has the id of another");
        yield return new(HistoryMessage.Assistant(null, [null!]), "tool call 0 lacks");
        yield return new(HistoryMessage.Tool("", "x"), "tool result 0 lacks");
        yield return new(HistoryMessage.Tool("a", null!), "tool result 0 lacks");
        yield return new(HistoryMessage.Tool("a", "\uD800"), "half a surrogate pair");
        yield return new(HistoryMessage.Tool("a", "x") with { ToolResults = [new("a", "x"), new("a", "y")] }, "tool result 1 answers the call of another");
        yield return new(HistoryMessage.User("x") with { ToolResults = null! }, "tool results is null");
        yield return new(HistoryMessage.User("x") with { Parts = default(JsonElement) }, "empty JsonElement");
        yield return new(HistoryMessage.User("x") with { Parts = JsonElement.Parse("\"\\ud800\"") }, "half a surrogate pair");
        yield return new(HistoryMessage.User("x") with { Parts = JsonElement.Parse([(byte)'"', 0xFF, (byte)'"']) }, "not well-formed UTF-8");
        yield return new(HistoryMessage.User("x") with { Parts = JsonElement.Parse(new string('[', 257) + new string(']', 257), new() { MaxDepth = 1_000 }) }, "deeper than 256");
    }

    [TestCaseSource(nameof(Bad))]
    public void Prepare_BadMessage_SaysWhichAndWhy(HistoryMessage? message, string why) =>
        FluentActions.Invoking(() => MessageRules.Prepare([HistoryMessage.User("good"), message!], Now))
            .Should().Throw<ArgumentException>().Which.Message.Should().StartWith("Message 1: ").And.Contain(why);

    [Test]
    public void Prepare_NoneOrTwiceTheSameId_Throws()
    {
        FluentActions.Invoking(() => MessageRules.Prepare(null!, Now)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => MessageRules.Prepare([], Now)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => MessageRules.Prepare([HistoryMessage.User("a") with { Id = "1" }, HistoryMessage.User("b") with { Id = "1" }], Now)).Should().Throw<ArgumentException>().WithMessage("Message 1: *twice*");
    }

    [Test]
    public void Prepare_Message_GetsIdAndTimeAndLosesWhatOnlyTheStoreGives()
    {
        var prepared = MessageRules.Prepare([HistoryMessage.User("a") with { Sequence = 9, EditedAt = Now, Parts = JsonElement.Parse("null") }], Now)[0];

        prepared.Id.Should().MatchRegex("^[0-9a-f]{32}$");
        prepared.CreatedAt.Should().Be(new DateTimeOffset(2026, 3, 1, 12, 0, 0, 1, TimeSpan.Zero));
        prepared.Sequence.Should().Be(0);
        prepared.EditedAt.Should().BeNull();
        prepared.Parts.Should().BeNull();
    }

    [Test]
    public void Prepare_TimeOfTheHost_IsKeptInUtc()
    {
        var at = new DateTimeOffset(2020, 1, 1, 8, 0, 0, TimeSpan.FromHours(8));
        MessageRules.Prepare([HistoryMessage.User("a") with { CreatedAt = at }], Now)[0].CreatedAt.Should().Be(at).And.HaveOffset(TimeSpan.Zero);
    }
}
