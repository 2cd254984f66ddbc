using System.Text.Json;
using System.Text.Json.Serialization;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Holds the JSON of ETags, by reflection and by generated code of another assembly.</summary>
public sealed partial class StateETagJsonTests
{
    private const string Text = "0102030405060708090a0b0c0d0e0f10";

    [Test]
    public void Serialize_Tag_IsItsText()
    {
        var tag = StateETag.Parse(Text);

        JsonSerializer.Serialize(tag).Should().Be($"\"{Text}\"");
        JsonSerializer.Serialize(tag, Generated.Default.StateETag).Should().Be($"\"{Text}\"");
        JsonSerializer.Deserialize<StateETag>($"\"{Text.ToUpperInvariant()}\"").Should().Be(tag);
        JsonSerializer.Deserialize($"\"{Text}\"", Generated.Default.StateETag).Should().Be(tag);
    }

    [Test]
    public void Serialize_NoTag_IsNull()
    {
        JsonSerializer.Serialize(default(StateETag)).Should().Be("null");
        JsonSerializer.Deserialize<StateETag>("null").IsEmpty.Should().BeTrue();
        JsonSerializer.Serialize<StateETag?>(null).Should().Be("null");
        JsonSerializer.Deserialize("null", Generated.Default.StateETag).IsEmpty.Should().BeTrue();
    }

    [Test]
    public void Serialize_KeyOfADictionary_IsItsText()
    {
        var tag = StateETag.Parse(Text);
        var json = JsonSerializer.Serialize(new Dictionary<StateETag, int> { [tag] = 1 });

        json.Should().Be($"{{\"{Text}\":1}}");
        JsonSerializer.Deserialize<Dictionary<StateETag, int>>(json).Should().Equal(new Dictionary<StateETag, int> { [tag] = 1 });
        FluentActions.Invoking(static () => JsonSerializer.Serialize(new Dictionary<StateETag, int> { [default] = 1 })).Should().Throw<JsonException>();
    }

    [TestCase("\"\"")]
    [TestCase("\"0102030405060708090a0b0c0d0e0f1\"")]
    [TestCase("\"00000000000000000000000000000000\"")]
    [TestCase("7")]
    [TestCase("true")]
    [TestCase("{}")]
    [TestCase("[]")]
    public void Deserialize_NoTag_Throws(string json) => FluentActions.Invoking(() => JsonSerializer.Deserialize<StateETag>(json)).Should().Throw<JsonException>();

    [Test]
    public void Serialize_SessionByGeneratedCode_ComesBackWithoutItsId()
    {
        var session = new Session<string> { Id = "secret", Handle = "handle", UserId = "ann", Data = "data", ETag = StateETag.Parse(Text) };

        var json = JsonSerializer.Serialize(session, Generated.Default.SessionString);

        json.Should().Contain(Text).And.NotContain("secret");
        JsonSerializer.Deserialize(json, Generated.Default.SessionString).Should().Be(session with { Id = "" });
    }

    [JsonSerializable(typeof(StateETag))]
    [JsonSerializable(typeof(Session<string>))]
    internal sealed partial class Generated : JsonSerializerContext;
}
