using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class ReadTests
{
    private static readonly StateKey Document = new(0, StateShape.Document, "t", "id"), Map = new(0, StateShape.Map, "t", "id"), Log = new(0, StateShape.Log, "t", "id"), Index = new(0, StateShape.Index, "t", "id");

    [Test]
    public void Reads_OfOneShape_RefuseTheOthers()
    {
        (StateShape Shape, Func<StateKey, StateRead> Make)[] reads =
        [
            (StateShape.Document, static key => new DocumentRead(key)), (StateShape.Map, static key => new MapRead(key)), (StateShape.Log, static key => new LogRead(key)), (StateShape.Log, static key => new LogRead(key, ["a"])), (StateShape.Log, static key => new TailRead(key, 1)), (StateShape.Index, static key => new PageRead(key, "t", "", 1)),
            (StateShape.Index, static key => new IndexRead(key)), (StateShape.Index, static key => new IndexRead(key, ["a"])), (StateShape.Index, static key => new UnionRead([key])),
        ];
        foreach (var (shape, make) in reads)
        {
            FluentActions.Invoking(() => make(default)).Should().Throw<ArgumentException>();
            foreach (var key in new[] { Document, Map, Log, Index })
                if (key.Shape == shape) make(key).Key.Should().Be(key);
                else FluentActions.Invoking(() => make(key)).Should().Throw<ArgumentException>();
        }
    }

    [Test]
    public void DocumentRead_Touch_IsNothingKeepOrSlidingWithoutAnEnd()
    {
        var hour = TimeSpan.FromHours(1);
        foreach (var bad in new[] { StateExpiry.Never, StateExpiry.After(hour), StateExpiry.At(DateTimeOffset.UnixEpoch), StateExpiry.Sliding(hour, hour), StateExpiry.Sliding(hour, hour).Resolve(DateTimeOffset.UnixEpoch) })
            FluentActions.Invoking(() => new DocumentRead(Document, bad)).Should().Throw<ArgumentException>().WithParameterName("touch");

        new DocumentRead(Document).Touch.Should().BeNull();
        new DocumentRead(Document, StateExpiry.Keep).Touch.Should().Be(StateExpiry.Keep);
        new DocumentRead(Document, StateExpiry.Sliding(hour)).Touch.Should().Be(StateExpiry.Sliding(hour));
        new DocumentRead(Document, StateExpiry.Sliding(hour).Resolve(DateTimeOffset.UnixEpoch)).Touch.Should().Be(StateExpiry.Sliding(hour), "what was read and resolved is counted anew");
    }

    [Test]
    public void PageRead_WhatNoDocumentCanBe_IsRefused()
    {
        foreach (var limit in new[] { 0, -1, PageRead.MaximumLimit + 1 }) FluentActions.Invoking(() => new PageRead(Index, "t", "", limit)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("limit");
        foreach (var type in new[] { "", "T", new string('t', StateLimits.MaximumTypeLength + 1) }) FluentActions.Invoking(() => new PageRead(Index, type, "", 1)).Should().Throw<ArgumentException>();
        foreach (var prefix in new[] { "\uD800", new string('i', StateLimits.MaximumNameBytes) }) FluentActions.Invoking(() => new PageRead(Index, "t", prefix, 1)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new PageRead(Index, "t", null!, 1)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(static () => new PageRead(Index, "t", "", 1, after: new("\uD800", 1))).Should().Throw<ArgumentException>().WithParameterName("after");
        FluentActions.Invoking(static () => new PageRead(Index, "t", "", 1, after: default(IndexMember))).Should().Throw<ArgumentException>().WithParameterName("after");
    }

    [Test]
    public void PageRead_DocumentOf_NamesTheDocumentOrNone()
    {
        var read = new PageRead(Index, "t", "p/", 1);

        read.DocumentOf("m").Should().Be(new StateKey(0, StateShape.Document, "t", "p/m"));
        read.DocumentOf(new string('m', StateLimits.MaximumNameBytes - 2)).Should().NotBeNull();
        read.DocumentOf(new string('m', StateLimits.MaximumNameBytes - 1)).Should().BeNull();
        read.DocumentOf(new string('ü', StateLimits.MaximumNameBytes / 2)).Should().BeNull();
    }

    [Test]
    public void Names_BreakingTheirRule_AreRefused()
    {
        foreach (var bad in StateKeyTests.BadNames)
        {
            FluentActions.Invoking(() => new MapRead(Map, [bad!])).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => new LogRead(Log, ["good", bad!])).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => new IndexRead(Index, [bad!])).Should().Throw<ArgumentException>();
        }
        FluentActions.Invoking(static () => new MapRead(Map, ["a", "b", "a"])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new LogRead(Log, ["a", "a"])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new IndexRead(Index, ["a", "a"])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new LogRead(Log, null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(static () => new IndexRead(Index, null!)).Should().Throw<ArgumentNullException>();
        (new MapRead(Map).Fields, new MapRead(Map, []).Fields!.Count, new LogRead(Log, []).Ids!.Count, new IndexRead(Index, []).Members!.Count).Should().Be((null, 0, 0, 0));
    }

    [Test]
    public void Limits_Negative_AreRefused()
    {
        FluentActions.Invoking(static () => new LogRead(Log, limit: -1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("limit");
        FluentActions.Invoking(static () => new IndexRead(Index, limit: -1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("limit");
        FluentActions.Invoking(static () => new TailRead(Log, -1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("limit");
        foreach (var known in new[] { -1, StateLimits.MaximumNumber + 1 }) FluentActions.Invoking(() => new TailRead(Log, 1, new(default, known))).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("known");
        FluentActions.Invoking(static () => new UnionRead([Index], -1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("limit");
        new LogRead(Log, limit: 0).Limit.Should().Be(0);
    }

    [Test]
    public void IndexRead_AfterNoPlace_IsRefused()
    {
        FluentActions.Invoking(static () => new IndexRead(Index, after: default(IndexMember))).Should().Throw<ArgumentException>().WithParameterName("after");
        FluentActions.Invoking(static () => new IndexRead(Index, after: new("\ud800", 1))).Should().Throw<ArgumentException>().WithParameterName("after");
        new IndexRead(Index, after: new("", 1)).After.Should().Be(new IndexMember("", 1));
    }

    [Test]
    public void UnionRead_NoneTwiceOrTwoPartitions_IsRefused()
    {
        FluentActions.Invoking(static () => new UnionRead(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(static () => new UnionRead([])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new UnionRead([Index, Index])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new UnionRead([Index, Map])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new UnionRead([Index, new(1, StateShape.Index, "t", "id")])).Should().Throw<ArgumentException>();
        new UnionRead([Index, new(0, StateShape.Index, "t", "other")]).Keys.Should().HaveCount(2);
    }
}
