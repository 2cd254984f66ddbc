using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Maps: fields of bytes or of counters.</summary>
public abstract class MapConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Set_New_IsReadBack()
    {
        var results = await CommitAsync(new SetFields(Map(), [Field("text", "bytes"), Field("sums", 1, -2, 3), Field("empty", "")]));

        results[0].Should().Be(default(OperationResult));
        await MapShouldBe(Field("text", "bytes"), Field("sums", 1, -2, 3), Field("empty", ""));
    }

    [Test]
    public async Task RaiseToken_NotBelowTheHighest_IsRemembered()
    {
        foreach (var token in new[] { 5, 5, 6, 1_000_000, StateLimits.MaximumNumber - 1, StateLimits.MaximumNumber, StateLimits.MaximumNumber })
        {
            (await CommitAsync(new RaiseToken(Map(), "lock", token), new SetFields(Map("two"), [Field("last", token)])))[0].Should().Be(default(OperationResult));

            await MapShouldBe(Field("lock", token));
            (await ReadAsync(new MapRead(Map("two"))))!.Fields["last"].Should().Be(Field("last", token).Value);
        }
    }

    [Test]
    public async Task RaiseToken_BelowTheHighest_IsAConflictThatWritesNothing()
    {
        await CommitAsync(new RaiseToken(Map(), "lock", 7), new SetFields(Map("two"), [Field("last", 7)]));

        foreach (var token in new long[] { 6, 1 })
            (await TryCommitAsync(new SetFields(Map("two"), [Field("last", token)]), new RaiseToken(Map(), "lock", token))).Conflict.Should().Be(new CommitConflict(1, default));

        (await ReadAsync(new MapRead(Map("two"))))!.Fields["last"].Should().Be(Field("last", 7).Value);
        await MapShouldBe(Field("lock", 7));
    }

    [Test]
    public async Task RaiseToken_OtherFields_AreApartAndStay()
    {
        await CommitAsync(new SetFields(Map(), [Field("bytes", "b"), Field("counters", 4, 9)]), new ExpireKey(Map(), StateExpiry.After(Ticks(1000))));
        var expiry = (await ReadAsync(Map()))!.Expiry;

        await CommitAsync(new RaiseToken(Map(), "a", 9));
        await CommitAsync(new RaiseToken(Map(), "b", 3));
        await CommitAsync(new RaiseToken(Map(), "counters", 4));

        var map = (MapContent)(await ReadAsync(Map()))!;
        map.Fields.Should().BeEquivalentTo(new[] { Field("bytes", "b"), Field("counters", 4), Field("a", 9), Field("b", 3) }.ToDictionary(static field => field.Name, static field => field.Value));
        map.Expiry.Should().Be(expiry, "only ExpireKey sets an expiry");
    }

    [Test]
    public async Task RaiseToken_ExpiredMap_BeginsAnew()
    {
        await CommitAsync(new RaiseToken(Map(), "lock", 7), new ExpireKey(Map(), StateExpiry.After(Ticks(1))));
        await Harness.AdvanceAsync(Ticks(1.5));

        await CommitAsync(new RaiseToken(Map(), "lock", 3));

        await MapShouldBe(Field("lock", 3));
        (await ReadAsync(Map()))!.Expiry.Should().Be(StateExpiry.Never);
    }

    [Test]
    public async Task RaiseToken_ManyAtOnce_NeverGoesBack()
    {
        const int Callers = 64;
        var highest = new long[Callers];
        await AllAsync(Callers, async caller =>
        {
            for (var i = 0; i < 5; i++)
            {
                var token = 1 + caller + i * Callers;
                var result = await TryCommitAsync(new RaiseToken(Map(), "lock", token), new AppendEntries(Log(), [new(Bytes($"{token}"))]));
                if (result.IsCommitted) highest[caller] = token;
            }
        });

        var tokens = (await ReadAsync(new LogRead(Log())))!.Entries.Select(static entry => long.Parse(Text(entry.Value), null)).ToArray();
        tokens.Should().BeInAscendingOrder("a commit with a token below one that was seen does not happen").And.OnlyHaveUniqueItems();
        tokens[^1].Should().Be(5 * Callers).And.Be(highest.Max());
        await MapShouldBe(Field("lock", 5 * Callers));
    }

    [Test]
    public async Task Set_SomeThere_OverwritesThemAndLeavesTheOthers()
    {
        await CommitAsync(new SetFields(Map(), [Field("a", "old"), Field("b", "old"), Field("c", 1)]));

        await CommitAsync(new SetFields(Map(), [Field("b", "new"), Field("d", "new")]));

        await MapShouldBe(Field("a", "old"), Field("b", "new"), Field("c", 1), Field("d", "new"));
    }

    [Test]
    public async Task Set_BytesOverCountersAndBack_ChangesTheKind()
    {
        await CommitAsync(new SetFields(Map(), [Field("a", 1, 2, 3), Field("b", "bytes")]));

        await CommitAsync(new SetFields(Map(), [Field("a", "bytes"), Field("b", 9)]));

        await MapShouldBe(Field("a", "bytes"), Field("b", 9));
        (await CommitAsync(new IncrementFields(Map(), [By("b", 1)], returnValues: true)))[0].Vectors!.Single().ToArray().Should().Equal(10);
    }

    [Test]
    public async Task Set_BytesThatLookLikeCounters_StayBytes()
    {
        MapField[] fields =
        [
            Field("digits", "5"), Field("signed", "-5"), Field("list", "1,2"), Field("json", "[1]"), Field("empty", ""), Field("zero", "\0"),
            .. Enumerable.Range(1, 32).Select(static length => new MapField($"{length} zeros", new(new byte[length]))),
            .. Enumerable.Range(1, 32).Select(static length => new MapField($"{length} noise", new(Noise(length)))),
            .. Enumerable.Range(0, 256).Select(static b => new MapField($"byte {b}", new(new[] { (byte)b }))),
        ];
        await CommitAsync(new SetFields(Map(), fields));

        await MapShouldBe(fields);
        foreach (var name in new[] { "digits", "list", "8 zeros", "9 zeros", "16 noise", "empty" })
            await ShouldThrow<InvalidOperationException>(new IncrementFields(Map(), [By(name, 1)]));
        await MapShouldBe(fields);
    }

    [Test]
    public async Task Set_IfAbsent_NeedsAllFieldsAbsent()
    {
        (await TryCommitAsync(new SetFields(Map(), [Field("a", "1")], ifAbsent: true))).IsCommitted.Should().BeTrue("there is no map");
        (await TryCommitAsync(new SetFields(Map(), [Field("b", "2"), Field("c", "3")], ifAbsent: true))).IsCommitted.Should().BeTrue("the map has other fields only");

        var result = await TryCommitAsync(new SetFields(Map(), [Field("d", "4"), Field("c", "5"), Field("e", "6")], ifAbsent: true));

        result.Conflict.Should().Be(new CommitConflict(0, default));
        await MapShouldBe(Field("a", "1"), Field("b", "2"), Field("c", "3"));
    }

    [Test]
    public async Task Read_SomeFields_LeavesOutWhatIsNotThere()
    {
        await CommitAsync(new SetFields(Map(), [Field("a", "1"), Field("b", "2"), Field("c", 3)]));

        (await NamesAsync(new MapRead(Map(), ["c", "x", "a"]))).Should().BeEquivalentTo("c", "a");
        (await NamesAsync(new MapRead(Map(), ["x"]))).Should().BeEmpty("the map is there without that field");
        (await NamesAsync(new MapRead(Map(), []))).Should().BeEmpty("the map is there and nothing was asked for");
        (await ReadAsync(new MapRead(Map("absent"), ["a"]))).Should().BeNull();
        (await ReadAsync(new MapRead(Map("absent"), []))).Should().BeNull();
        (await ReadAsync(new MapRead(Map("absent")))).Should().BeNull();
    }

    [Test]
    public async Task Increment_Absent_CountsFromZero()
    {
        var results = await CommitAsync(new IncrementFields(Map(), [By("a", 5), By("b", -1, 0, 7)]));

        results[0].Should().Be(default(OperationResult), "the vectors were not asked for");
        await MapShouldBe(Field("a", 5), Field("b", -1, 0, 7));
    }

    [Test]
    public async Task Increment_OtherLengths_PadsTheShorter()
    {
        await CommitAsync(new SetFields(Map(), [Field("longer", 1, 2, 3), Field("shorter", 1), Field("other", "stays")]));

        var results = await CommitAsync(new IncrementFields(Map(), [By("shorter", 10, 20), By("longer", 10), By("new", 0)], returnValues: true));

        results[0].Vectors!.Select(static vector => vector.ToArray()).Should().BeEquivalentTo([new long[] { 11, 20 }, [11, 2, 3], [0]], static o => o.WithStrictOrdering());
        await MapShouldBe(Field("longer", 11, 2, 3), Field("shorter", 11, 20), Field("new", 0), Field("other", "stays"));
    }

    [Test]
    public async Task Increment_WidestVector_AddsEachCounter()
    {
        var by = Enumerable.Range(1, StateLimits.MaximumVectorLength).Select(static i => i % 2 == 0 ? StateLimits.MaximumNumber / 2 - i : -i * 1_000_000_007L).ToArray();
        await CommitAsync(new IncrementFields(Map(), [By("wide", by)]));

        var results = await CommitAsync(new IncrementFields(Map(), [By("wide", by)], returnValues: true));

        results[0].Vectors!.Single().ToArray().Should().Equal(by.Select(static n => 2 * n));
        await MapShouldBe(Field("wide", [.. by.Select(static n => 2 * n)]));
    }

    [Test]
    public async Task Increment_SeveralMapsByOneVector_AddsItToEach()
    {
        for (var length = 1; length <= 9; length++)
        {
            long[] by = [.. Enumerable.Range(1, length).Select(static i => (long)i * i)];
            ReadOnlyMemory<long> shared = by;
            for (var times = 1; times <= 3; times++)
            {
                await CommitAsync(
                    new IncrementFields(Map($"a{length}"), [new("x", shared), new("y", shared), By("other", [.. by, 5]), new("z", shared)]),
                    new IncrementFields(Map($"b{length}"), [new("x", shared)]));
                long[] sum = [.. by.Select(n => n * times)];
                await MapShouldBe(Map($"a{length}"), Field("x", sum), Field("y", sum), Field("other", [.. sum, 5 * times]), Field("z", sum));
                await MapShouldBe(Map($"b{length}"), Field("x", sum));
            }
        }
    }

    [Test]
    public async Task Increment_EachPlaceOfAVectorAtItsLimit_ThrowsAndWritesNothing()
    {
        for (var length = 1; length <= 9; length++)
        {
            for (var place = 0; place < length; place++)
            {
                foreach (var sign in (int[])[1, -1])
                {
                    var full = new long[length];
                    full[place] = sign * StateLimits.MaximumNumber;
                    var by = new long[length];
                    by[place] = sign;
                    var map = Map($"{length}-{place}-{sign}");
                    await CommitAsync(new SetFields(map, [Field("n", full), Field("m", 1)]));
                    await ShouldThrow<OverflowException>(new IncrementFields(map, [By("m", 1), By("n", by)]));
                    await MapShouldBe(map, Field("n", full), Field("m", 1));
                }
            }
        }
    }

    [TestCase(StateLimits.MaximumNumber - 1, 1, 1)]
    [TestCase(StateLimits.MaximumNumber, 0, 1)]
    [TestCase(-StateLimits.MaximumNumber + 1, -1, -1)]
    [TestCase(-StateLimits.MaximumNumber, 2 * 0, -1)]
    [TestCase(-StateLimits.MaximumNumber, 0, -StateLimits.MaximumNumber)]
    [TestCase(1, StateLimits.MaximumNumber - 1, StateLimits.MaximumNumber)]
    public async Task Increment_UpToTheLimit_IsExactAndBeyondThrows(long start, long upTo, long beyond)
    {
        await CommitAsync(new SetFields(Map(), [Field("n", 7, start), Field("m", 1)]));
        await CommitAsync(new IncrementFields(Map(), [By("n", 0, upTo)]));
        await MapShouldBe(Field("n", 7, start + upTo), Field("m", 1));

        await ShouldThrow<OverflowException>(new IncrementFields(Map(), [By("m", 1), By("n", 1, beyond), By("new", 1)]));

        await MapShouldBe(Field("n", 7, start + upTo), Field("m", 1));
    }

    [Test]
    public async Task Increment_Bytes_ThrowsAndWritesNothing()
    {
        await CommitAsync(new SetFields(Map(), [Field("bytes", "5"), Field("sum", 5)]));

        await ShouldThrow<InvalidOperationException>(new IncrementFields(Map(), [By("sum", 1), By("bytes", 1)]));

        await MapShouldBe(Field("bytes", "5"), Field("sum", 5));
    }

    [Test]
    public async Task Increment_BytesAsLongAsTheVector_ThrowsAndWritesNothing()
    {
        for (var length = 1; length <= 9; length++)
        {
            var map = Map($"{length}");
            var bytes = Field("bytes", new string('5', 8 * length));
            await CommitAsync(new SetFields(map, [bytes]));

            await ShouldThrow<InvalidOperationException>(new IncrementFields(map, [By("bytes", new long[length])]));

            await MapShouldBe(map, bytes);
        }
    }

    [Test]
    public async Task Increment_BackToZero_LeavesTheFieldThere()
    {
        await CommitAsync(new IncrementFields(Map(), [By("n", 5)]));
        await CommitAsync(new IncrementFields(Map(), [By("n", -5)]));

        await MapShouldBe(Field("n", 0));
    }

    [Test]
    public async Task Remove_Some_CountsThoseThatWereThere()
    {
        await CommitAsync(new SetFields(Map(), [Field("a", "1"), Field("b", 2), Field("c", "3")]));

        (await CommitAsync(new RemoveFields(Map(), ["b", "x", "a"])))[0].Should().Be(new OperationResult(Count: 2));
        await MapShouldBe(Field("c", "3"));
        (await CommitAsync(new RemoveFields(Map("absent"), ["a"])))[0].Should().Be(default(OperationResult));
        (await ReadAsync(Map("absent"))).Should().BeNull("removing from an absent map makes none");
    }

    [Test]
    public async Task Remove_TheLast_TakesTheMapAndItsExpiryWithIt()
    {
        await CommitAsync(new SetFields(Map(), [Field("a", "1")]), new ExpireKey(Map(), StateExpiry.After(Ticks(1000))));

        await CommitAsync(new RemoveFields(Map(), ["a"]));

        (await ReadAsync(Map())).Should().BeNull();
        await CommitAsync(new CheckKey(Map(), StateCondition.IfAbsent), new SetFields(Map(), [Field("b", "2")]));
        (await ReadAsync(Map()))!.Expiry.Should().Be(StateExpiry.Never);
    }

    [Test]
    public async Task Delete_There_CountsOne()
    {
        await CommitAsync(new SetFields(Map(), [Field("a", "1"), Field("b", "2")]));

        (await CommitAsync(new DeleteKey(Map())))[0].Count.Should().Be(1);
        (await ReadAsync(Map())).Should().BeNull();
    }

    [Test]
    public async Task Set_TenThousandFields_AreReadRemovedAndCounted()
    {
        MapField[] fields = [.. Enumerable.Range(0, 10_000).Select(static i => Field($"f{i}", $"v{i}"))];
        await CommitAsync(new SetFields(Map(), fields));
        await CommitAsync(new IncrementFields(Map("sums"), [.. Enumerable.Range(0, 10_000).Select(static i => By($"f{i}", i))]));

        (await ReadAsync(new MapRead(Map())))!.Fields.Should().HaveCount(10_000);
        (await ReadAsync(new MapRead(Map("sums"))))!.Fields.Sum(static field => field.Value.Counters.Span[0]).Should().Be(49_995_000);
        (await NamesAsync(new MapRead(Map(), [.. fields.Select(static field => field.Name), "absent"]))).Should().HaveCount(10_000);
        (await TryCommitAsync(new SetFields(Map(), [.. fields.Select(static field => Field("x" + field.Name, "")), fields[^1]], ifAbsent: true))).Conflict.Should().NotBeNull("the last field is there");
        (await CommitAsync(new RemoveFields(Map(), [.. fields.Skip(1).Select(static field => field.Name), "absent"])))[0].Count.Should().Be(9_999);
        await MapShouldBe(fields[0]);
    }

    private async Task<IEnumerable<string>> NamesAsync(MapRead read) => (await ReadAsync(read))!.Fields.Keys;

    private Task MapShouldBe(params MapField[] fields) => MapShouldBe(Map(), fields);

    private async Task MapShouldBe(StateKey map, params MapField[] fields) =>
        StatePicture.Of(await ReadAsync(map)).Should().Be(StatePicture.Of(new MapContent(fields.ToDictionary(static field => field.Name, static field => field.Value))));

    private async Task ShouldThrow<TException>(StateOperation operation) where TException : Exception =>
        await FluentActions.Awaiting(() => TryCommitAsync(operation)).Should().ThrowAsync<TException>();
}
