using System.Text;
using System.Text.Json;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class MessageCodecTests
{
    private static readonly StateKey Key = new(0, StateShape.Log, "messages", "x");
    private static readonly StateCodec Codec = new(new JsonStateSerializer([]));

    private static readonly HistoryMessage Full = new()
    {
        Role = MessageRole.Assistant,
        Text = "好 \"x\" 😀\n",
        Name = "Ann",
        ToolCalls = [new("call_1", "search", "{\"q\":\"x\"}"), new("call_2", "search", "not json")],
        ToolResults = [new("call_0", "")],
        Parts = JsonElement.Parse("""[{"type":"image","n":1.50},null]"""),
        Pinned = true,
        Id = "id",
        Sequence = 7,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_772_366_400_123),
        EditedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_772_366_400_456),
    };

    private static HistoryMessage RoundTrip(HistoryMessage message)
    {
        using var bytes = MessageCodec.Encode(Codec, Key, message);
        return MessageCodec.Decode(Codec, Key, new(message.Sequence, bytes.Written, message.Id));
    }

    [Test]
    public void Encode_Full_IsTheFrozenForm()
    {
        using var bytes = MessageCodec.Encode(Codec, Key, Full);

        Encoding.UTF8.GetString(bytes.Written.Span[4..]).Should().Be(
            """{"r":"assistant","t":"好 \"x\" \uD83D\uDE00\n","n":"Ann","c":[{"i":"call_1","n":"search","a":"{\"q\":\"x\"}"},{"i":"call_2","n":"search","a":"not json"}],"o":[{"i":"call_0","t":""}],"p":[{"type":"image","n":1.50},null],"k":true,"w":1772366400123,"e":1772366400456}""");
    }

    [Test]
    public void Encode_Plain_HasNothingThatIsEmpty()
    {
        using var bytes = MessageCodec.Encode(Codec, Key, HistoryMessage.User("hi") with { Id = "id", CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1) });

        Encoding.UTF8.GetString(bytes.Written.Span[4..]).Should().Be("""{"r":"user","t":"hi","w":1}""");
    }

    [Test]
    public void Encode_FurtherMembers_IsTheFrozenForm()
    {
        var members = new Dictionary<string, JsonElement> { ["x"] = JsonElement.Parse("[1.50]") };
        var message = HistoryMessage.Assistant(null, new ToolCall("c", "f", "") { AdditionalProperties = members }) with
        {
            Id = "id", Sequence = 1, CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1), AdditionalProperties = members,
            ToolResults = [new("c", "r") { Parts = JsonElement.Parse("""[{"type":"image"}]"""), AdditionalProperties = members }],
        };

        using var bytes = MessageCodec.Encode(Codec, Key, message);

        Encoding.UTF8.GetString(bytes.Written.Span[4..]).Should().Be(
            """{"r":"assistant","c":[{"i":"c","n":"f","a":"","x":{"x":[1.50]}}],"o":[{"i":"c","t":"r","p":[{"type":"image"}],"x":{"x":[1.50]}}],"x":{"x":[1.50]},"w":1}""");
        RoundTrip(message).Should().Be(message);
    }

    [Test]
    public void Decode_WhatWasEncoded_IsEqual() => RoundTrip(Full).Should().Be(Full);

    [Test]
    public void Decode_NullAndEmptyText_AreTwoThings()
    {
        var message = new HistoryMessage { Role = "event", Id = "a", Sequence = 1, CreatedAt = DateTimeOffset.UnixEpoch };
        RoundTrip(message).Text.Should().BeNull();
        RoundTrip(message with { Text = "" }).Text.Should().BeEmpty();
        RoundTrip(message).Should().Be(message);
    }

    [Test]
    public void Decode_PartsAtTheDepthThatIsAccepted_ComeBack()
    {
        var parts = JsonElement.Parse(new string('[', MessageRules.MaximumPartsDepth) + new string(']', MessageRules.MaximumPartsDepth), new() { MaxDepth = 1_000 });
        var message = Full with { Parts = parts };

        MessageRules.Fault(message).Should().BeNull();
        JsonElement.DeepEquals(RoundTrip(message).Parts!.Value, parts).Should().BeTrue();
    }

    [Test]
    public void Decode_Garbage_IsCorruption() =>
        FluentActions.Invoking(() => MessageCodec.Decode(Codec, Key, new(1, "{}"u8.ToArray()))).Should().Throw<StateCorruptionException>();
}
