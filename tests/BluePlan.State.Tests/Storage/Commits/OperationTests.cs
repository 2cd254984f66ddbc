using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class OperationTests
{
    private const long TooMuch = StateLimits.MaximumNumber + 1;

    private static readonly StateKey Document = new(0, StateShape.Document, "t", "id"), Map = new(0, StateShape.Map, "t", "id"), Log = new(0, StateShape.Log, "t", "id"), Index = new(0, StateShape.Index, "t", "id");

    /// <summary>Each operation that fits one shape, made for a key.</summary>
    private static readonly (string Name, StateShape Shape, Func<StateKey, StateOperation> Make)[] Shaped =
    [
        (nameof(PutDocument), StateShape.Document, static key => new PutDocument(key, default)),
        (nameof(SetFields), StateShape.Map, static key => new SetFields(key, [new("f", default)])),
        (nameof(IncrementFields), StateShape.Map, static key => new IncrementFields(key, [new("f", new long[] { 1 })])),
        (nameof(IncrementWithin), StateShape.Map, static key => new IncrementWithin(key, [new("f", new long[] { 1 })], [new(1, ["f"])])),
        (nameof(ReplaceField), StateShape.Map, static key => new ReplaceField(key, "f", null, default)),
        (nameof(RaiseToken), StateShape.Map, static key => new RaiseToken(key, "f", 1)),
        (nameof(RemoveFields), StateShape.Map, static key => new RemoveFields(key, ["f"])),
        (nameof(AppendEntries), StateShape.Log, static key => new AppendEntries(key, [default])),
        (nameof(ReplaceEntry), StateShape.Log, static key => new ReplaceEntry(key, 1, default)),
        (nameof(RemoveEntries), StateShape.Log, static key => new RemoveEntries(key, [new(1, 1)])),
        (nameof(CheckEntries), StateShape.Log, static key => new CheckEntries(key, [new(1, "id")])),
        (nameof(SetScores), StateShape.Index, static key => new SetScores(key, [new("m", 1)])),
        (nameof(IncrementScores), StateShape.Index, static key => new IncrementScores(key, [new("m", 1)])),
        (nameof(RemoveMembers), StateShape.Index, static key => new RemoveMembers(key, ["m"])),
        (nameof(RemoveScores), StateShape.Index, static key => new RemoveScores(key, 0, 1)),
    ];

    [Test]
    public void Operations_OfOneShape_RefuseTheOthers()
    {
        foreach (var (name, shape, make) in Shaped)
        {
            foreach (var key in new[] { Document, Map, Log, Index })
                if (key.Shape == shape) make(key).Key.Should().Be(key);
                else FluentActions.Invoking(() => make(key)).Should().Throw<ArgumentException>().WithMessage($"*{name}*{shape}*{key}*");
        }
    }

    [Test]
    public void Operations_EmptyKey_RefuseIt()
    {
        foreach (var make in Shaped.Select(static shaped => shaped.Make).Concat([static key => new DeleteKey(key), static key => new NotifyWatchers(key), static key => new ExpireKey(key, default), static key => new CheckKey(key, StateCondition.IfAbsent)]))
            FluentActions.Invoking(() => make(default)).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Operations_OfAllShapes_AcceptEach()
    {
        foreach (var key in new[] { Document, Map, Log, Index })
            new StateOperation[] { new DeleteKey(key), new NotifyWatchers(key), new ExpireKey(key, default), new CheckKey(key, StateCondition.IfExists) }.Should().OnlyContain(operation => operation.Key == key);
    }

    [Test]
    public void Names_BreakingTheirRule_AreRefusedByAllThatTakeThem()
    {
        foreach (var bad in StateKeyTests.BadNames)
        {
            Action[] makes =
            [
                () => _ = new SetFields(Map, [new(bad!, default)]), () => _ = new IncrementFields(Map, [new(bad!, new long[] { 1 })]), () => _ = new RemoveFields(Map, [bad!]), () => _ = new RaiseToken(Map, bad!, 1),
                () => _ = new SetScores(Index, [new(bad!, 1)]), () => _ = new IncrementScores(Index, [new(bad!, 1)]), () => _ = new RemoveMembers(Index, ["good", bad!]), () => _ = new CheckEntries(Log, [new(1, bad!)]),
            ];
            foreach (var make in makes) make.Should().Throw<ArgumentException>();
            if (bad is not null) FluentActions.Invoking(() => new AppendEntries(Log, [new(default, bad)])).Should().Throw<ArgumentException>();
        }
    }

    [TestCase(1_000, 1_000, false)]
    [TestCase(1_001, 1, true)]
    [TestCase(1, 1_001, true)]
    public void IncrementWithin_TooManyIncrementsOrFields_IsRefused(int increments, int fields, bool isRefused)
    {
        var make = FluentActions.Invoking(() => new IncrementWithin(Map, [.. Enumerable.Range(0, increments).Select(static i => new MapIncrement($"{i}", new long[] { 1 }))], [new(1, [.. Enumerable.Range(0, fields).Select(static i => $"{i}")])]));

        if (isRefused) make.Should().Throw<ArgumentException>().WithMessage("*1,001*at most 1,000*");
        else make().Bounds.Should().ContainSingle();
    }

    [Test]
    public void Lists_NullEmptyOrWithARepeatedName_AreRefused()
    {
        Action[] nulls =
        [
            static () => _ = new SetFields(Map, null!), static () => _ = new IncrementFields(Map, null!), static () => _ = new RemoveFields(Map, null!), static () => _ = new AppendEntries(Log, null!), static () => _ = new RemoveEntries(Log, null!),
            static () => _ = new SetScores(Index, null!), static () => _ = new IncrementScores(Index, null!), static () => _ = new RemoveMembers(Index, null!), static () => _ = new CheckEntries(Log, null!),
        ];
        foreach (var make in nulls) make.Should().Throw<ArgumentNullException>();
        Action[] wrong =
        [
            static () => _ = new SetFields(Map, []), static () => _ = new IncrementFields(Map, []), static () => _ = new RemoveFields(Map, []), static () => _ = new AppendEntries(Log, []), static () => _ = new RemoveEntries(Log, []),
            static () => _ = new SetScores(Index, []), static () => _ = new IncrementScores(Index, []), static () => _ = new RemoveMembers(Index, []), static () => _ = new CheckEntries(Log, []),
            static () => _ = new SetFields(Map, [new("a", default), new("a", default)]), static () => _ = new IncrementFields(Map, [new("a", new long[] { 1 }), new("b", new long[] { 1 }), new("a", new long[] { 1 })]), static () => _ = new RemoveFields(Map, ["a", "a"]),
            static () => _ = new SetScores(Index, [new("a", 1), new("a", 2)]), static () => _ = new IncrementScores(Index, [new("a", 1), new("a", 1)]), static () => _ = new RemoveMembers(Index, ["a", "b", "a"]),
            static () => _ = new AppendEntries(Log, [new(default, "a"), new(default), new(default, "a")]), static () => _ = new CheckEntries(Log, [new(1, "a"), new(2, "a")]),
        ];
        foreach (var make in wrong) make.Should().Throw<ArgumentException>();
    }

    [TestCase(TooMuch)]
    [TestCase(-TooMuch)]
    [TestCase(long.MaxValue)]
    [TestCase(long.MinValue)]
    public void Numbers_BeyondTheLimit_AreRefused(long number)
    {
        FluentActions.Invoking(() => new SetScores(Index, [new("m", number)])).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new IncrementScores(Index, [new("m", number)])).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new IncrementFields(Map, [new("f", new[] { 1, number })])).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new MapValue(new[] { number }.AsMemory())).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ReplaceEntry(Log, number, default)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new AppendEntries(Log, [new(default, Sequence: number)])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new AppendEntries(Log, [default], atLeast: number)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new RaiseToken(Map, "f", number)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Values_BeyondTheLimit_AreRefused()
    {
        ReadOnlyMemory<byte> most = new byte[StateLimits.MaximumValueBytes], more = new byte[StateLimits.MaximumValueBytes + 1];

        new PutDocument(Document, most).Value.Length.Should().Be(StateLimits.MaximumValueBytes);
        Action[] makes = [() => _ = new PutDocument(Document, more), () => _ = new SetFields(Map, [new("f", new(more))]), () => _ = new AppendEntries(Log, [new(more)]), () => _ = new ReplaceEntry(Log, 1, more)];
        foreach (var make in makes) make.Should().Throw<ArgumentException>().WithMessage("*67,108,865*");
    }

    [Test]
    public void PutDocument_ValueAlone_NeverExpiresAndHasNoCondition()
    {
        var put = new PutDocument(Document, default);

        (put.Expiry, put.Condition).Should().Be((StateExpiry.Never, StateCondition.None));
    }

    [Test]
    public void Vectors_WrongLength_AreRefused()
    {
        FluentActions.Invoking(static () => new IncrementFields(Map, [new("f", default)])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(static () => new IncrementFields(Map, [new("f", new long[65])])).Should().Throw<ArgumentException>();
        new IncrementFields(Map, [new("f", new long[64])]).Increments.Should().ContainSingle();
    }

    [Test]
    public void AppendEntries_SequencesThatDoNotRise_AreRefused()
    {
        LogAppend At(long? sequence) => new(default, Sequence: sequence);
        LogAppend[][] wrong = [[At(0)], [At(-1)], [At(5), At(5)], [At(5), At(4)], [At(5), At(null), At(6)], [At(null), At(1)], [At(null), At(null), At(2)]];

        foreach (var entries in wrong) FluentActions.Invoking(() => new AppendEntries(Log, entries)).Should().Throw<ArgumentException>();
        new AppendEntries(Log, [At(null), At(2), At(null), At(4), At(StateLimits.MaximumNumber)]).Entries.Should().HaveCount(5);
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void AppendEntries_KeepingNone_IsRefused(int keepLast) =>
        FluentActions.Invoking(() => new AppendEntries(Log, [default], keepLast)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("keepLast");

    [TestCase(0)]
    [TestCase(-1)]
    public void AppendEntries_AtLeastNothing_IsRefused(long atLeast) =>
        FluentActions.Invoking(() => new AppendEntries(Log, [default], atLeast: atLeast)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("atLeast");

    [Test]
    public void AppendEntries_AtLeastBesideAnExplicitSequence_IsRefused() =>
        FluentActions.Invoking(() => new AppendEntries(Log, [default, new(default, Sequence: 7)], atLeast: 3)).Should().Throw<ArgumentException>().WithParameterName("atLeast");

    [TestCase(0)]
    [TestCase(-1)]
    public void RaiseToken_NotPositive_IsRefused(long token) =>
        FluentActions.Invoking(() => new RaiseToken(Map, "f", token)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("token");

    [TestCase(0)]
    [TestCase(-1)]
    public void ReplaceEntry_NoSequence_IsRefused(long sequence) =>
        FluentActions.Invoking(() => new ReplaceEntry(Log, sequence, default)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("sequence");

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(TooMuch)]
    public void CheckEntries_NoSequence_IsRefused(long sequence) =>
        FluentActions.Invoking(() => new CheckEntries(Log, [new(1, "a"), new(sequence, "b")])).Should().Throw<ArgumentException>().WithParameterName("entries");

    [Test]
    public void RemoveEntries_RangesThatDoNotRise_AreRefused()
    {
        SequenceRange[][] wrong = [[new(0, 1)], [new(-1, 5)], [new(3, 2)], [new(1, 3), new(3, 4)], [new(5, 6), new(1, 2)], [new(1, long.MaxValue), new(5, 6)]];

        foreach (var ranges in wrong) FluentActions.Invoking(() => new RemoveEntries(Log, ranges)).Should().Throw<ArgumentException>().WithParameterName("ranges");
        new RemoveEntries(Log, [new(1, 1), new(2, 5), new(7, long.MaxValue)]).Ranges.Should().HaveCount(3);
    }

    [Test]
    public void CheckKey_NothingToCheckOrNoETagToMatch_IsRefused()
    {
        FluentActions.Invoking(static () => new CheckKey(Document, StateCondition.None)).Should().Throw<ArgumentException>();
        foreach (var key in new[] { Map, Log, Index }) FluentActions.Invoking(() => new CheckKey(key, StateCondition.IfMatch(StateETag.New()))).Should().Throw<ArgumentException>();
        new CheckKey(Document, StateCondition.IfMatch(StateETag.New())).Condition.Kind.Should().Be(StateConditionKind.IfMatch);
    }

    [Test]
    public void ExpireKey_KeepOrASlidingContainer_IsRefused()
    {
        FluentActions.Invoking(static () => new ExpireKey(Document, StateExpiry.Keep)).Should().Throw<ArgumentException>();
        foreach (var key in new[] { Map, Log, Index }) FluentActions.Invoking(() => new ExpireKey(key, StateExpiry.Sliding(TimeSpan.FromHours(1)))).Should().Throw<ArgumentException>();
        new ExpireKey(Document, StateExpiry.Sliding(TimeSpan.FromHours(1))).Expiry.Kind.Should().Be(StateExpiryKind.Sliding);
        new ExpireKey(Map, StateExpiry.Never, onlyIfNone: true).OnlyIfNone.Should().BeTrue();
    }

    [Test]
    public void MapValue_Contents_DecideEquality()
    {
        new MapValue("ab"u8.ToArray()).Should().Be(new MapValue("ab"u8.ToArray())).And.NotBe(new MapValue("ac"u8.ToArray()));
        new MapValue(new long[] { 1, 2 }.AsMemory()).Should().Be(new MapValue(new long[] { 1, 2 }.AsMemory())).And.NotBe(new MapValue(new long[] { 2, 1 }.AsMemory()));
        new MapValue(new byte[8]).Should().NotBe(new MapValue(new long[] { 0 }.AsMemory()));
        default(MapValue).Should().Be(new MapValue(ReadOnlyMemory<byte>.Empty));
        new MapValue(new long[] { 1, 2 }.AsMemory()).GetHashCode().Should().Be(new MapValue(new long[] { 1, 2 }.AsMemory()).GetHashCode());
        (default(MapValue).IsCounters, new MapValue(new long[] { 0 }.AsMemory()).IsCounters).Should().Be((false, true));
        (new MapValue(new long[] { 1 }.AsMemory()) != default).Should().BeTrue();
    }
}
