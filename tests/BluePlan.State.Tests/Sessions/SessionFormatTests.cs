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
    public void Open_WrittenByAReleasedVersion_IsRead(string stored, SessionStatus status)
    {
        var value = Codec.DecodeWithHead(Key, Encoding.UTF8.GetBytes(stored));

        value.ReadHead(SessionJson.Default.SessionHead).Should().Be(new SessionHead { User = "ann", Created = 1772366400000, Active = 1772366460000, Status = status });
        value.ReadBody<string>().Should().Be("data");
    }

    [Test]
    public void Encode_Head_IsWrittenAsEver()
    {
        using var value = Codec.Encode(new SessionHead { User = "ann", Created = 1772366400000, Active = 1772366460000, Status = SessionStatus.Closed }, SessionJson.Default.SessionHead, "data");

        Encoding.UTF8.GetString(value.Written.Span).Should().Be("\u0001\u0001\0\0{\"user\":\"ann\",\"created\":1772366400000,\"active\":1772366460000,\"status\":\"Closed\"}\n\"data\"");
    }

    [TestCase("{}")]
    [TestCase("{\"user\":null,\"created\":1,\"active\":1}")]
    [TestCase("{\"user\":\"ann\",\"created\":1}")]
    [TestCase("{\"user\":\"ann\",\"created\":1,\"active\":1,\"status\":\"Asleep\"}")]
    [TestCase("null")]
    [TestCase("")]
    public void Open_HeadIsNone_ThrowsCorruption(string head)
    {
        var value = Codec.DecodeWithHead(Key, Encoding.UTF8.GetBytes($"\u0001\u0001\0\0{head}\n1"));

        FluentActions.Invoking(() => value.ReadHead(SessionJson.Default.SessionHead)).Should().Throw<StateCorruptionException>();
    }
}
