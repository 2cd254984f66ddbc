using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>A session's id is a bearer secret, so what is easily logged does not show it.</summary>
[TestFixture]
public sealed class SecretIdTests
{
    private const string Secret = "0a1b5f3e9d7c60841122334455667788aabb-36ee80";

    private static readonly object[] Records =
    [
        new Session<string> { Id = Secret, Handle = "handle", UserId = "ann", Data = "data" },
        new TokenUsage { RequestId = "r1", UserId = "ann", Model = "gpt-5", SessionId = Secret, InputTokens = 7 },
    ];

    [TestCaseSource(nameof(Records))]
    public void ToString_RecordWithASessionId_DoesNotShowIt(object record) => $"{record}".Should().NotContain(Secret).And.NotBe(record.GetType().Name);

    [TestCaseSource(nameof(Records))]
    public void Serialize_RecordWithASessionId_DoesNotShowIt(object record) => JsonSerializer.Serialize(record, record.GetType()).Should().NotContain(Secret).And.Contain("ann");

    [Test]
    public void ToString_TokenUsage_ShowsModelAndNumbersOnly()
    {
        var usage = new TokenUsage { RequestId = "r1", UserId = "ann", Model = "gpt-5", InputTokens = 7, Tags = new Dictionary<string, string> { ["team"] = "red" } };

        $"{usage}".Should().Contain("Model = gpt-5, InputTokens = 7").And.NotContain("ann").And.NotContain("r1").And.NotContain("red");
    }

    [Test]
    public void PublicTypes_PropertyThatIsASessionId_IsNotInJson()
    {
        var properties = typeof(Session<>).Assembly.GetExportedTypes().SelectMany(static t => t.GetProperties())
            .Where(static p => p.PropertyType == typeof(string) && (p.Name == "SessionId" || p.Name == "Id" && p.DeclaringType!.Name.StartsWith("Session", StringComparison.Ordinal))).ToList();

        properties.Should().HaveCount(Records.Length).And.OnlyContain(p => p.GetCustomAttribute<JsonIgnoreAttribute>() != null);
    }
}
