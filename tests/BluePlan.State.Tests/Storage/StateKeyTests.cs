using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class StateKeyTests
{
    [Test]
    public void Key_Parts_AreKept()
    {
        var key = new StateKey(7, StateShape.Log, "messages-2", "acme/\0\n😀");

        (key.Partition, key.Shape, key.Type, key.Id).Should().Be((7, StateShape.Log, "messages-2", "acme/\0\n😀"));
        key.ToString().Should().MatchRegex("^7/Log/messages-2/#[0-9a-f]{8}$");
    }

    [Test]
    public void Shapes_Numbers_AreFrozen() =>
        Enum.GetValues<StateShape>().Select(static shape => $"{(int)shape} {shape}").Should().Equal("0 Document", "1 Map", "2 Log", "3 Index");

    [Test]
    public void Key_AnyPartOther_IsAnother()
    {
        var key = new StateKey(1, StateShape.Map, "a", "b");

        key.Should().Be(new StateKey(1, StateShape.Map, "a", "b"));
        foreach (var other in new StateKey[] { new(2, StateShape.Map, "a", "b"), new(1, StateShape.Log, "a", "b"), new(1, StateShape.Map, "b", "b"), new(1, StateShape.Map, "a", "B"), new(1, StateShape.Map, "a", "b\u0301"), default })
            key.Should().NotBe(other);
    }

    [TestCase(-1)]
    [TestCase(StateLimits.MaximumPartitions)]
    [TestCase(int.MaxValue)]
    [TestCase(int.MinValue)]
    public void Key_PartitionOutOfRange_IsRefused(int partition) =>
        FluentActions.Invoking(() => new StateKey(partition, StateShape.Map, "a", "b")).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("partition");

    [Test]
    public void Key_UnknownShape_IsRefused() =>
        FluentActions.Invoking(static () => new StateKey(0, (StateShape)4, "a", "b")).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("shape");

    [TestCase("")]
    [TestCase("A")]
    [TestCase("a b")]
    [TestCase("a/b")]
    [TestCase("a_b")]
    [TestCase("é")]
    [TestCase("a\n")]
    [TestCase("abcdefghijklmnopqrstuvwxyz0123456")]
    [TestCase(null)]
    public void Key_TypeBreaksItsRule_IsRefused(string? type) =>
        FluentActions.Invoking(() => new StateKey(0, StateShape.Map, type!, "b")).Should().Throw<ArgumentException>().WithParameterName("type");

    [Test]
    public void Key_LongestTypeAndId_AreAccepted()
    {
        new StateKey(1023, StateShape.Index, new('z', 32), new('x', 4096)).Id.Should().HaveLength(4096);
        new StateKey(0, StateShape.Index, "-", new('é', 2048)).Id.Should().HaveLength(2048);
    }

    [TestCaseSource(nameof(BadNames))]
    public void Key_IdBreaksItsRule_IsRefused(string? id) =>
        FluentActions.Invoking(() => new StateKey(0, StateShape.Map, "a", id!)).Should().Throw<ArgumentException>().WithParameterName("id");

    /// <summary>What no provider is ever given as a name.</summary>
    public static IEnumerable<string?> BadNames => [null, "", "\ud800", "a\udc00b", "\udc00\ud800", "a\ud83d", new('x', 4097), new('é', 2049), new('中', 1366), string.Concat(Enumerable.Repeat("😀", 1025))];
}
