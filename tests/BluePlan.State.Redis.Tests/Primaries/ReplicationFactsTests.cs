using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

/// <summary>What a server says of its part in replication, and what follows from it.</summary>
[TestFixture]
public sealed class ReplicationFactsTests
{
    private const string Never = "0000000000000000000000000000000000000000";

    [TestCase("a", "", true, true, TestName = "Continues_SameId_IsTrue")]
    [TestCase("a", "", false, true, TestName = "Continues_SameIdOverANewConnection_IsTrue")]
    [TestCase("b", "", true, true, TestName = "Continues_IdChangedInPlace_IsTrue")]
    [TestCase("b", "", false, false, TestName = "Continues_IdChangedByARestart_IsFalse")]
    [TestCase("c", "b", true, false, TestName = "Continues_WasAReplicaInBetween_IsFalse")]
    public void Continues(string id, string formerId, bool sameConnection, bool continues) =>
        new ReplicationFacts(true, id, formerId).Continues(new(true, "a", ""), sameConnection).Should().Be(continues);

    [Test]
    public void Parse_ServerThatNeverWasAReplica_HasNoFormerId() =>
        ReplicationFacts.Parse($"# Replication\r\nrole:master\r\nmaster_replid:abc\r\nmaster_replid2:{Never}\r\n", isPrimary: false).Should().Be(new ReplicationFacts(true, "abc", ""));

    [Test]
    public void Parse_PromotedServer_HasItsPrimarysId() =>
        ReplicationFacts.Parse("role:master\r\nmaster_replid:abc\r\nmaster_replid2:def\r\n", isPrimary: false).Should().Be(new ReplicationFacts(true, "abc", "def"));
}
