using System.Text;
using System.Text.Json;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Holds the stored form of what a conversation has beside its messages: what a released version wrote is read for ever.</summary>
public sealed class ConversationFormatTests
{
    private const string Stored = "{\"u\":\"ann\",\"t\":\"Title\",\"c\":1772366400123,\"h\":\"ticket 7\",\"x\":{\"topic\":[1,null],\"n\":1.50}}";

    private static readonly StateKey Key = new(0, StateShape.Document, "conversation", "x");
    private static readonly StateCodec Codec = new(new JsonStateSerializer([]));

    [Test]
    public void Encode_Full_IsTheFrozenForm()
    {
        var head = new ConversationHead
        {
            UserId = "ann",
            Title = "Title",
            CreatedAt = 1_772_366_400_123,
            HostId = "ticket 7",
            Members = new() { ["topic"] = JsonElement.Parse("[1,null]"), ["n"] = JsonElement.Parse("1.50") },
        };

        Encode(head).Should().Be(Stored);
    }

    [Test]
    public void Encode_Least_IsTheFrozenForm() => Encode(new() { UserId = "ann", CreatedAt = 1 }).Should().Be("{\"u\":\"ann\",\"c\":1}");

    [TestCase(Stored)]
    [TestCase("{ \"later\" : {\"version\":2}, " + "\"x\":{\"topic\":[1,null],\"n\":1.50},\"h\":\"ticket 7\",\"c\":1772366400123,\"t\":\"Title\",\"\\u0075\":\"ann\"}")]
    public void Decode_WrittenByAReleasedVersion_IsRead(string stored)
    {
        var head = Decode(stored);

        (head.UserId, head.Title, head.CreatedAt, head.HostId).Should().Be(("ann", "Title", 1_772_366_400_123, "ticket 7"));
        head.Members!.Select(static member => $"{member.Key} {member.Value}").Should().Equal("topic [1,null]", "n 1.50");
    }

    [Test]
    public void Decode_WrittenBeforeAHeadHadMore_IsRead()
    {
        var head = Decode("{\"u\":\"ann\",\"c\":1}");

        (head.UserId, head.Title, head.CreatedAt, head.HostId, head.Members).Should().Be(("ann", null, 1L, null, null));
    }

    private static string Encode(ConversationHead head)
    {
        using var bytes = Codec.EncodeRecord(ValueLocation.Document(Key), head, HistoryJson.Default.ConversationHead);
        bytes.Written.Span[..4].ToArray().Should().Equal(1, 1, 0, 0);
        return Encoding.UTF8.GetString(bytes.Written.Span[4..]);
    }

    private static ConversationHead Decode(string stored) => Codec.Decode(ValueLocation.Document(Key), Encoding.UTF8.GetBytes($"\u0001\u0001\0\0{stored}")).ReadRecord(HistoryJson.Default.ConversationHead);
}
