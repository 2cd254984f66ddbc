using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class AdditionalPropertiesTests
{
    private static Dictionary<string, JsonElement> Members(string name, string json) => new() { [name] = JsonElement.Parse(json) };

    [TestCase("a", "[1,2]", true)]
    [TestCase("a", "[ 1, 2 ]", true)]
    [TestCase("a", "[2,1]", false)]
    [TestCase("b", "[1,2]", false)]
    [TestCase(null, "", false)]
    public void Equals_AdditionalProperties_CompareByMeaning(string? name, string json, bool expected)
    {
        var (one, other) = (Members("a", "[1,2]"), name is null ? [] : Members(name, json));

        (HistoryMessage.User("x") with { AdditionalProperties = one }).Equals(HistoryMessage.User("x") with { AdditionalProperties = other }).Should().Be(expected);
        new ToolCall("c", "f", "") { AdditionalProperties = one }.Equals(new ToolCall("c", "f", "") { AdditionalProperties = other }).Should().Be(expected);
        new ToolResult("c", "r") { AdditionalProperties = one }.Equals(new ToolResult("c", "r") { AdditionalProperties = other }).Should().Be(expected);
        Conversation(one).Equals(Conversation(other)).Should().Be(expected);
        if (expected) Conversation(one).GetHashCode().Should().Be(Conversation(other).GetHashCode());
    }

    private static Conversation Conversation(Dictionary<string, JsonElement> members) => new() { Id = "id", UserId = "ann", AdditionalProperties = members };
}
