using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Maps: increments within bounds, and fields that are replaced when they hold what is expected.</summary>
public abstract class FieldConditionConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [SetUp]
    public void NeedFieldConditions() => Needs(StateCapabilities.FieldConditions);

    [Test]
    public async Task IncrementWithin_UpToTheMaximum_AddsAndAnswers()
    {
        (await CommitAsync(Within(10, 7)))[0].Vectors.Should().ContainSingle().Which.ToArray().Should().Equal(7);
        (await CommitAsync(Within(10, 3)))[0].Vectors.Should().ContainSingle().Which.ToArray().Should().Equal(10);

        await MapShouldBe(Field("day", 10));
    }

    [Test]
    public async Task IncrementWithin_BeyondTheMaximum_IsAConflictThatSaysWhatIsLeft()
    {
        await CommitAsync(Within(10, 7));

        foreach (var amount in new long[] { 4, 5, StateLimits.MaximumNumber })
            (await TryCommitAsync(new PutDocument(Document(), Bytes("x")), Within(10, amount))).Conflict.Should().Be(new CommitConflict(1, default) { Bound = 0, Available = 3 });

        await MapShouldBe(Field("day", 7));
        (await ReadAsync(Document())).Should().BeNull();
    }

    [Test]
    public async Task IncrementWithin_SumOfSeveralFields_IsWhatCounts()
    {
        await CommitAsync(new SetFields(Map(), [Field("d1", 1, 40), Field("d2", 2, 30), Field("d3", 3), Field("other", 9, 9)]));
        IncrementWithin Month(long amount) => new(Map(), [By("d4", 0, amount)], [new(100, ["d1", "d2", "d3", "d4", "d5"], Counter: 1)]);

        (await TryCommitAsync(Month(31))).Conflict.Should().Be(new CommitConflict(0, default) { Available = 30 });
        await CommitAsync(Month(30));

        await MapShouldBe(Field("d1", 1, 40), Field("d2", 2, 30), Field("d3", 3), Field("d4", 0, 30), Field("other", 9, 9));
    }

    [Test]
    public async Task IncrementWithin_SeveralBounds_NamesTheFirstThatIsNotMet()
    {
        await CommitAsync(new SetFields(Map(), [Field("day", 5), Field("month", 50)]));
        IncrementWithin Both(long amount) => new(Map(), [By("day", amount), By("month", amount)], [new(10, ["day"]), new(53, ["month"])]);

        (await TryCommitAsync(Both(6))).Conflict.Should().Be(new CommitConflict(0, default) { Bound = 0, Available = 5 });
        (await TryCommitAsync(Both(4))).Conflict.Should().Be(new CommitConflict(0, default) { Bound = 1, Available = 3 });
        await CommitAsync(Both(3));

        await MapShouldBe(Field("day", 8), Field("month", 53));
    }

    [Test]
    public async Task IncrementWithin_FieldsThatAreBothAddedTo_CountTogether()
    {
        IncrementWithin Two(long amount) => new(Map(), [By("a", amount), By("b", amount)], [new(9, ["a", "b"])]);

        (await TryCommitAsync(Two(5))).Conflict.Should().Be(new CommitConflict(0, default) { Available = 9 });
        await CommitAsync(Two(4));

        await MapShouldBe(Field("a", 4), Field("b", 4));
    }

    [Test]
    public async Task IncrementWithin_SumIsAboveTheMaximum_CanFall()
    {
        await CommitAsync(new SetFields(Map(), [Field("day", 20)]));

        (await TryCommitAsync(Within(10, 1))).Conflict.Should().Be(new CommitConflict(0, default) { Available = -10 });
        await CommitAsync(Within(10, 0));
        await CommitAsync(Within(10, -5));

        await MapShouldBe(Field("day", 15));
    }

    [Test]
    public async Task IncrementWithin_AtTheLimitsOfNumbers_IsExact()
    {
        await CommitAsync(new SetFields(Map(), [Field("day", StateLimits.MaximumNumber - 1), Field("low", -StateLimits.MaximumNumber)]));

        (await TryCommitAsync(Within(StateLimits.MaximumNumber - 1, 1))).Conflict.Should().Be(new CommitConflict(0, default) { Available = 0 });
        await CommitAsync(Within(StateLimits.MaximumNumber, 1));
        await CommitAsync(new IncrementWithin(Map(), [By("low", StateLimits.MaximumNumber)], [new(StateLimits.MaximumNumber, ["low"])]));

        await MapShouldBe(Field("day", StateLimits.MaximumNumber), Field("low", 0));
    }

    [Test]
    public async Task IncrementWithin_SumPassesTheLimitOfNumbers_Overflows()
    {
        await CommitAsync(new SetFields(Map(), [Field("a", StateLimits.MaximumNumber), Field("b", 1)]));

        await FluentActions.Awaiting(() => TryCommitAsync(new IncrementWithin(Map(), [By("b", 1)], [new(StateLimits.MaximumNumber, ["a", "b"])]))).Should().ThrowAsync<OverflowException>();

        await MapShouldBe(Field("a", StateLimits.MaximumNumber), Field("b", 1));
    }

    [Test]
    public async Task IncrementWithin_FieldHoldsBytes_Fails()
    {
        await CommitAsync(new SetFields(Map(), [Field("text", "5"), Field("n", 1)]));

        foreach (var increment in new[] { new IncrementWithin(Map(), [By("n", 1)], [new(9, ["n", "text"])]), new IncrementWithin(Map(), [By("text", 1)], [new(9, ["n"])]) })
            await FluentActions.Awaiting(() => TryCommitAsync(increment)).Should().ThrowAsync<InvalidOperationException>();

        await MapShouldBe(Field("text", "5"), Field("n", 1));
    }

    [Test]
    public async Task IncrementWithin_ExpiredMap_BeginsAnew()
    {
        await CommitAsync(Within(10, 10), new ExpireKey(Map(), StateExpiry.After(Ticks(2))));
        await Harness.AdvanceAsync(Ticks(3));

        await CommitAsync(Within(10, 9));

        await MapShouldBe(Field("day", 9));
    }

    [Test]
    public async Task IncrementWithin_ManyAtOnce_NeverPassTheBound()
    {
        var added = 0;
        await AllAsync(32, async _ =>
        {
            for (var i = 0; i < 10; i++)
                if ((await TryCommitAsync(Within(100, 3))).IsCommitted) Interlocked.Increment(ref added);
        });

        added.Should().Be(33);
        await MapShouldBe(Field("day", 99));
    }

    [Test]
    public async Task IncrementWithin_ThousandFields_AddsThemAllUp()
    {
        string[] days = [.. Enumerable.Range(0, 1_000).Select(static i => $"d{i}")];
        await CommitAsync(new SetFields(Map(), [.. days.Select(static day => Field(day, 2))]));

        (await TryCommitAsync(new IncrementWithin(Map(), [By("d7", 2)], [new(2_001, days)]))).Conflict.Should().Be(new CommitConflict(0, default) { Available = 1 });
        (await CommitAsync(new IncrementWithin(Map(), [By("d7", 1)], [new(2_001, days)], returnValues: true)))[0].Vectors!.Single().ToArray().Should().Equal(3);
    }

    [Test]
    public async Task IncrementWithin_BesideOtherOperations_KeepsTheirResultsApart()
    {
        var results = await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"))]), Within(10, 2), new IncrementFields(Map("two"), [By("n", 1), By("m", 2)], returnValues: true), new ReplaceField(Map("three"), "f", null, new(Bytes("v"))), new RemoveFields(Map("four"), ["x"]));

        results[0].Should().Be(new OperationResult(Count: 1, Value: 1));
        results[1].Vectors!.Single().ToArray().Should().Equal(2);
        results[2].Vectors!.Select(static vector => vector.ToArray()).Should().BeEquivalentTo([new long[] { 1 }, [2]], static equal => equal.WithStrictOrdering());
        results[3].Should().Be(default(OperationResult));
        results[4].Count.Should().Be(0);
    }

    [Test]
    public async Task ReplaceField_HoldsWhatIsExpected_Replaces()
    {
        await CommitAsync(new ReplaceField(Map(), "f", null, new(Bytes("one"))));
        await CommitAsync(new ReplaceField(Map(), "f", new(Bytes("one")), Field("f", 1, 2).Value));
        await CommitAsync(new ReplaceField(Map(), "f", Field("f", 1, 2).Value, default));
        await CommitAsync(new ReplaceField(Map(), "f", new MapValue(), new(Bytes("end"))));

        await MapShouldBe(Field("f", "end"));
    }

    [Test]
    public async Task ReplaceField_HoldsAnythingElse_IsAConflict()
    {
        await CommitAsync(new SetFields(Map(), [Field("bytes", "one"), Field("counters", 1, 2), Field("empty", "")]));
        (string Name, MapValue? Expected)[] others =
            [("bytes", null), ("bytes", new(Bytes("two"))), ("bytes", new(Bytes("on"))), ("bytes", default(MapValue)), ("counters", null), ("counters", Field("", 1).Value), ("counters", Field("", 1, 2, 0).Value), ("empty", null), ("absent", new(Bytes("one"))), ("absent", default(MapValue))];

        foreach (var (name, expected) in others)
            (await TryCommitAsync(new PutDocument(Document(), Bytes("x")), new ReplaceField(Map(), name, expected, new(Bytes("new"))))).Conflict.Should().Be(new CommitConflict(1, default), "{0} does not hold {1}", name, expected);

        await MapShouldBe(Field("bytes", "one"), Field("counters", 1, 2), Field("empty", ""));
        (await ReadAsync(Document())).Should().BeNull();
    }

    [Test]
    public async Task ReplaceField_ManyAtOnce_LoseNothing()
    {
        await AllAsync(16, async caller =>
        {
            for (var done = 0; done < 5;)
            {
                var held = (await ReadAsync(new MapRead(Map(), ["f"])))?.Fields.TryGetValue("f", out var value) is true ? value : (MapValue?)null;
                var next = (held is { } text ? Text(text.Bytes) : "") + (char)('a' + caller);
                if ((await TryCommitAsync(new ReplaceField(Map(), "f", held, new(Bytes(next))))).IsCommitted) done++;
            }
        });

        var all = Text((await ReadAsync(new MapRead(Map())))!.Fields["f"].Bytes);
        all.GroupBy(static letter => letter).Should().HaveCount(16).And.OnlyContain(static letters => letters.Count() == 5);
    }

    private static IncrementWithin Within(long maximum, long amount) => new(Map(), [By("day", amount)], [new(maximum, ["day"])], returnValues: true);

    private async Task MapShouldBe(params MapField[] fields) =>
        (await ReadAsync(new MapRead(Map())))!.Fields.Should().BeEquivalentTo(fields.ToDictionary(static field => field.Name, static field => field.Value));
}
