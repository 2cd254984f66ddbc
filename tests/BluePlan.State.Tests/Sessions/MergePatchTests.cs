using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class MergePatchTests
{
    // RFC 7396, appendix A, whole.
    [TestCase("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [TestCase("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [TestCase("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [TestCase("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [TestCase("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [TestCase("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [TestCase("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [TestCase("""{"a":"foo"}""", "null", "null")]
    [TestCase("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [TestCase("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [TestCase("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [TestCase("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    // What the appendix leaves out: members keep their order, nested objects merge, null within an array stays.
    [TestCase("""{"a":1,"b":{"x":1,"y":2},"c":3}""", """{"b":{"y":null,"z":4},"a":9}""", """{"a":9,"b":{"x":1,"z":4},"c":3}""")]
    [TestCase("""{"a":1}""", """{"a":[null,{"b":null}]}""", """{"a":[null,{"b":null}]}""")]
    [TestCase("null", """{"a":1}""", """{"a":1}""")]
    [TestCase("""{"a":null}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    [TestCase("""{"a":1,"b":{"c":1,"c":2},"a":{"x":1}}""", """{"a":{"y":2},"b":{}}""", """{"a":{"x":1,"y":2},"b":{"c":2}}""")]
    public void Apply_Example_GivesTheResult(string target, string patch, string expected)
    {
        var merged = MergePatch.Apply(JsonElement.Parse(target), JsonElement.Parse(patch));

        (merged?.ToJsonString() ?? "null").Should().Be(expected);
    }

    [Test]
    public void Apply_OnePatchTwice_SharesNoNode()
    {
        var patch = JsonElement.Parse("""{"a":{"b":[1]}}""");

        var (first, second) = (MergePatch.Apply(default, patch), MergePatch.Apply(default, patch));
        first!["a"]!["b"]!.AsArray().Add(2);

        second!.ToJsonString().Should().Be("""{"a":{"b":[1]}}""");
    }

    [Test]
    public void Read_NodeOfAnObjectOfDotNet_IsWhatItSays()
    {
        var patch = new JsonObject { ["a"] = JsonValue.Create(new Dictionary<string, int?> { ["b"] = null, ["c"] = 2 }) };

        var merged = MergePatch.Apply(JsonElement.Parse("""{"a":{"b":1,"d":3}}"""), MergePatch.Read(patch));

        merged!.ToJsonString().Should().Be("""{"a":{"d":3,"c":2}}""");
    }

    [Test]
    public void Read_NodeOfAnObjectOfDotNetThatNestsTooDeep_IsRefused()
    {
        object nested = 1;
        for (var i = 0; i < 64; i++) nested = new[] { nested };

        FluentActions.Invoking(() => MergePatch.Read(new() { ["a"] = JsonValue.Create(nested) })).Should().Throw<ArgumentException>().WithParameterName("patch").WithMessage("*64 levels*");
    }

    [TestCase("1", false)]
    [TestCase("[[1]]", false)]
    [TestCase("""{"a":[1]}""", false)]
    [TestCase("[[[]]]", true)]
    [TestCase("""{"a":1,"b":[{}]}""", true)]
    public void IsTooDeep_LimitTwo_CountsObjectsAndArrays(string json, bool expected) => MergePatch.IsTooDeep(JsonNode.Parse(json), 2).Should().Be(expected);
}
