using System.Text;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Holds the stored form of sessions: what a released version wrote is read for ever.</summary>
public sealed class SessionFormatTests
{
    private static readonly StateKey Key = new(0, StateShape.Document, "session", "/0123456789abcdef0123456789abcdef");
    private static readonly StateCodec Codec = new(new JsonStateSerializer([]));

    [TestCase("\u0001\u0001\0\0{\"user\":\"ann\",\"created\":1772366400000,\"active\":1772366460000}\n\"data\"", SessionStatus.Active)]
    [TestCase("\u0001\u0001\0\0{\"user\":\"ann\",\"created\":1772366400000,\"active\":1772366460000,\"status\":\"Closed\"}\n\"data\"", SessionStatus.Closed)]
    [TestCase("\u0001\u0001\0\0{\"user\":\"ann\",\"created\":1772366400000,\"active\":1772366460000,\"later\":{\"version\":2}}\n\"data\"", SessionStatus.Active)]
    [TestCase("\u0001\u0001\0\0{ \"later\" : [1, {\"user\":\"bob\"}], \"\\u0075ser\" : \"\\u0061nn\", \"active\" : 1772366460000, \"created\" : 1772366400000 }\n\"data\"", SessionStatus.Active)]
    public void Open_WrittenByAReleasedVersion_IsRead(string stored, SessionStatus status)
    {
        var value = Codec.DecodeWithHead(ValueLocation.Document(Key), Encoding.UTF8.GetBytes(stored));

        value.ReadHead(SessionHead.Read).Should().Be(new SessionHead("ann", 1772366400000, 1772366460000, status));
        value.ReadBody<string>().Should().Be("data");
    }

    [Test]
    public void Encode_Head_IsWrittenAsEver()
    {
        using var value = Codec.Encode(ValueLocation.Document(Key), new SessionHead("ann", 1772366400000, 1772366460000, SessionStatus.Closed), SessionJson.Default.SessionHead, "data");

        Encoding.UTF8.GetString(value.Written.Span).Should().Be("\u0001\u0001\0\0{\"user\":\"ann\",\"created\":1772366400000,\"active\":1772366460000,\"status\":\"Closed\"}\n\"data\"");
    }

    [Test]
    public void Encode_ClockAtItsBeginning_IsReadAgain()
    {
        var head = new SessionHead("ann", 0, 0);
        using var value = Codec.Encode(ValueLocation.Document(Key), head, SessionJson.Default.SessionHead, "data");

        Codec.DecodeWithHead(ValueLocation.Document(Key), value.Written).ReadHead(SessionHead.Read).Should().Be(head);
    }

    [TestCase("{}")]
    [TestCase("{\"user\":null,\"created\":1,\"active\":1}")]
    [TestCase("{\"user\":\"ann\",\"created\":1}")]
    [TestCase("{\"user\":\"ann\",\"created\":1,\"active\":1,\"status\":\"Asleep\"}")]
    [TestCase("{\"user\":\"ann\",\"created\":1,\"active\":1,\"status\":\"7\"}")]
    [TestCase("{\"user\":\"ann\",\"created\":1,\"active\":1,\"status\":null}")]
    [TestCase("{\"user\":\"ann\",\"created\":\"1\",\"active\":1}")]
    [TestCase("{\"user\":\"ann\",\"created\":1.5,\"active\":1}")]
    [TestCase("{\"user\":7,\"created\":1,\"active\":1}")]
    [TestCase("{\"user\":\"ann\",\"created\":1,\"active\":1")]
    [TestCase("{\"user\":\"ann\",\"created\":1,\"active\":1}{}")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("")]
    public void Open_HeadIsNone_ThrowsCorruption(string head)
    {
        var value = Codec.DecodeWithHead(ValueLocation.Document(Key), Encoding.UTF8.GetBytes($"\u0001\u0001\0\0{head}\n1"));

        FluentActions.Invoking(() => value.ReadHead(SessionHead.Read)).Should().Throw<StateCorruptionException>();
    }
}
