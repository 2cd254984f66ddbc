using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Expiry: every kind of it, to the millisecond, and what it does not touch. What reads do to it is in <see cref="TouchConformance{THarness}"/>.</summary>
public abstract class ExpiryConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Put_EachKind_IsShownResolved()
    {
        var since = Now;
        await CommitAsync(
            new PutDocument(Document("never"), default, StateExpiry.Never), new PutDocument(Document("keep"), default, StateExpiry.Keep), new PutDocument(Document("at"), default, StateExpiry.At(Far)),
            new PutDocument(Document("after"), default, StateExpiry.After(Ticks(1000))), new PutDocument(Document("sliding"), default, StateExpiry.Sliding(Ticks(1000))),
            new PutDocument(Document("capped"), default, StateExpiry.Sliding(Ticks(1000), Ticks(5000))), new PutDocument(Document("short cap"), default, StateExpiry.Sliding(Ticks(1000), Ticks(500))));

        (await ExpiryAsync(Document("never"))).Should().Be(StateExpiry.Never);
        (await ExpiryAsync(Document("keep"))).Should().Be(StateExpiry.Never);
        (await ExpiryAsync(Document("at"))).Should().Be(StateExpiry.At(Far));
        var after = await ExpiryAsync(Document("after"));
        after.Should().Be(StateExpiry.At(after.Instant!.Value), "a lifetime is resolved to an instant");
        ShouldBeIn(Ticks(1000), since, after.Instant);
        var sliding = await ExpiryAsync(Document("sliding"));
        sliding.Should().Be(StateExpiry.Resolved(Ticks(1000), sliding.Instant!.Value, null));
        ShouldBeIn(Ticks(1000), since, sliding.Instant);
        var capped = await ExpiryAsync(Document("capped"));
        capped.Should().Be(StateExpiry.Resolved(Ticks(1000), capped.Instant!.Value, capped.Cap!.Value));
        ShouldBeIn(Ticks(1000), since, capped.Instant);
        ShouldBeIn(Ticks(5000), since, capped.Cap);
        var cut = await ExpiryAsync(Document("short cap"));
        cut.Instant.Should().Be(cut.Cap);
        ShouldBeIn(Ticks(500), since, cut.Instant);
    }

    [Test]
    public async Task Put_Longest_IsAlive()
    {
        var since = Now;
        await CommitAsync(
            new PutDocument(Document("century"), default, StateExpiry.After(StateExpiry.MaximumLifetime)), new PutDocument(Document("end of time"), default, StateExpiry.At(DateTimeOffset.MaxValue)),
            new PutDocument(Document("sliding"), default, StateExpiry.Sliding(StateExpiry.MaximumLifetime, StateExpiry.MaximumLifetime)), new SetFields(Map(), [Field("f", "v")]), new ExpireKey(Map(), StateExpiry.At(DateTimeOffset.MaxValue)));

        ShouldBeIn(StateExpiry.MaximumLifetime, since, (await ExpiryAsync(Document("century"))).Instant);
        ShouldBeIn(StateExpiry.MaximumLifetime, since, (await ExpiryAsync(Document("sliding"))).Instant);
        (await ExpiryAsync(Document("end of time"))).Should().Be(StateExpiry.At(DateTimeOffset.MaxValue));
        (await ExpiryAsync(Map())).Should().Be(StateExpiry.At(DateTimeOffset.MaxValue));
    }

    [Test]
    public async Task Put_LessThanASecond_LivesThatLong()
    {
        var lifetime = TimeSpan.FromMilliseconds(700);
        var since = Now;
        await CommitAsync(
            new PutDocument(Document(), Bytes("v"), StateExpiry.After(lifetime)), new PutDocument(Document("sliding"), Bytes("v"), StateExpiry.Sliding(lifetime)),
            new SetScores(Index(), [new("m", 1)]), new ExpireKey(Index(), StateExpiry.After(lifetime)));
        foreach (var key in new[] { Document(), Document("sliding"), Index() }) ShouldBeIn(lifetime, since, (await ExpiryAsync(key)).Instant);

        if (Harness.TimeStandsStill)
        {
            await Harness.AdvanceAsync(TimeSpan.FromMilliseconds(699));
            (await ReadAsync(Document())).Should().NotBeNull("a millisecond is left");
            await Harness.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        }
        else
        {
            await Harness.AdvanceAsync(lifetime + Harness.Tick);
        }

        foreach (var key in new[] { Document(), Document("sliding"), Index() }) (await ReadAsync(key)).Should().BeNull("it is absent from its instant on");
    }

    [Test]
    public async Task Put_InThePast_IsAbsentAtOnce()
    {
        foreach (var past in new[] { Now - Ticks(2), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMilliseconds(-1), DateTimeOffset.MinValue })
        {
            await CommitAsync(new PutDocument(Document(), Bytes("old")));

            (await CommitAsync(new PutDocument(Document(), Bytes("new"), StateExpiry.At(past))))[0].Should().Be(default(OperationResult));

            (await ReadAsync(Document())).Should().BeNull("it expired at {0:O}", past);
            (await TryCommitAsync(new CheckKey(Document(), StateCondition.IfAbsent))).IsCommitted.Should().BeTrue();
        }
    }

    [Test]
    public async Task Expire_InThePast_DeletesEachShape()
    {
        await MakeAsync();

        foreach (var key in Shapes) (await CommitAsync(new ExpireKey(key, StateExpiry.At(Now - Ticks(2)))))[0].Count.Should().Be(1, "{0} was there", key);

        foreach (var key in Shapes) (await ReadAsync(key)).Should().BeNull();
        foreach (var key in Shapes) (await CommitAsync(new ExpireKey(key, StateExpiry.After(Ticks(1000)))))[0].Count.Should().Be(0, "{0} is gone", key);
        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("b"), "id")])))[0].Should().Be(new OperationResult(Count: 1, Value: 1));
        (await ExpiryAsync(Log())).Should().Be(StateExpiry.Never);
    }

    [Test]
    public async Task Expire_EachShape_SetsIncludingNeverAndKeepsTheRest()
    {
        await MakeAsync();
        var before = await Task.WhenAll(Shapes.Select(ReadAsync));
        foreach (var expiry in new[] { StateExpiry.At(Far), StateExpiry.After(Ticks(1000)), StateExpiry.Never })
        {
            var since = Now;
            foreach (var key in Shapes) (await CommitAsync(new ExpireKey(key, expiry)))[0].Should().Be(new OperationResult(Count: 1));

            foreach (var (key, was) in Shapes.Zip(before))
            {
                var content = (await ReadAsync(key))!;
                StatePicture.Of(content with { Expiry = default }).Should().Be(StatePicture.Of(was), "only the expiry changes, no ETag and no sequence");
                if (expiry.Kind is StateExpiryKind.After) ShouldBeIn(Ticks(1000), since, content.Expiry.Instant);
                else content.Expiry.Should().Be(expiry);
            }
        }
    }

    [Test]
    public async Task Expire_OnlyIfNone_LeavesAnExpiryAlone()
    {
        await MakeAsync();
        foreach (var key in Shapes) (await CommitAsync(new ExpireKey(key, StateExpiry.At(Far), onlyIfNone: true)))[0].Count.Should().Be(1);

        foreach (var key in Shapes)
        {
            (await CommitAsync(new ExpireKey(key, StateExpiry.After(Ticks(1000)), onlyIfNone: true)))[0].Count.Should().Be(0);
            (await CommitAsync(new ExpireKey(key, StateExpiry.Never, onlyIfNone: true)))[0].Count.Should().Be(0);
            (await ExpiryAsync(key)).Should().Be(StateExpiry.At(Far));
        }
        (await CommitAsync(new ExpireKey(Map("absent"), StateExpiry.At(Far), onlyIfNone: true)))[0].Count.Should().Be(0);
        (await ReadAsync(Map("absent"))).Should().BeNull();
    }

    [Test]
    public async Task Expire_Sliding_MakesADocumentSlide()
    {
        await MakeAsync();
        var since = Now;
        await CommitAsync(new ExpireKey(Document(), StateExpiry.Sliding(Ticks(1000), Ticks(3000))));

        var expiry = await ExpiryAsync(Document());

        expiry.Should().Be(StateExpiry.Resolved(Ticks(1000), expiry.Instant!.Value, expiry.Cap!.Value));
        ShouldBeIn(Ticks(1000), since, expiry.Instant);
        ShouldBeIn(Ticks(3000), since, expiry.Cap);
    }

    [Test]
    public async Task Put_Keep_KeepsInstantWindowAndCapWithoutSliding()
    {
        StateExpiry[] kinds = [StateExpiry.Never, StateExpiry.At(Far), StateExpiry.After(Ticks(1000)), StateExpiry.Sliding(Ticks(1000)), StateExpiry.Sliding(Ticks(1000), Ticks(5000))];
        await CommitAsync([.. kinds.Select(static (expiry, i) => new PutDocument(Document($"{i}"), Bytes("old"), expiry))]);
        var before = await Task.WhenAll(kinds.Select((_, i) => ExpiryAsync(Document($"{i}"))));
        await Harness.AdvanceAsync(Ticks(2));

        await CommitAsync([.. kinds.Select(static (_, i) => new PutDocument(Document($"{i}"), Bytes("new"), StateExpiry.Keep))]);

        (await Task.WhenAll(kinds.Select((_, i) => ExpiryAsync(Document($"{i}"))))).Should().Equal(before);
        Text((await ReadAsync(new DocumentRead(Document("4"))))!.Value).Should().Be("new");
    }

    [Test]
    public async Task Put_AnotherExpiry_ReplacesTheOldOne()
    {
        await CommitAsync(new PutDocument(Document(), default, StateExpiry.Sliding(Ticks(1000), Ticks(2000))));

        await CommitAsync(new PutDocument(Document(), default, StateExpiry.At(Far)));
        (await ExpiryAsync(Document())).Should().Be(StateExpiry.At(Far));
        await CommitAsync(new PutDocument(Document(), default));
        (await ExpiryAsync(Document())).Should().Be(StateExpiry.Never);
        await CommitAsync(new PutDocument(Document(), default, StateExpiry.Sliding(Ticks(1000))));
        (await ExpiryAsync(Document())).Cap.Should().BeNull();
    }

    [Test]
    public async Task Put_ResolvedExpiry_IsTakenAsItIs()
    {
        await CommitAsync(new PutDocument(Document(), default, StateExpiry.Sliding(Ticks(1000), Ticks(5000))));
        var resolved = await ExpiryAsync(Document());
        await Harness.AdvanceAsync(Ticks(2));
        var since = Now;

        await CommitAsync(new PutDocument(Document("copy"), default, resolved), new PutDocument(Document("renewed"), default, resolved.Renew()));

        (await ExpiryAsync(Document("copy"))).Should().Be(resolved);
        var renewed = await ExpiryAsync(Document("renewed"));
        ShouldBeIn(Ticks(1000), since, renewed.Instant);
        renewed.Cap.Should().Be(resolved.Cap, "a renewed expiry is counted anew but keeps its end");
    }

    [Test]
    public async Task Write_OfAMapLogOrIndex_KeepsItsExpiry()
    {
        await MakeAsync();
        foreach (var key in Shapes) await CommitAsync(new ExpireKey(key, StateExpiry.After(Ticks(1000))));
        var (map, log, index) = (await ExpiryAsync(Map()), await ExpiryAsync(Log()), await ExpiryAsync(Index()));
        await Harness.AdvanceAsync(Ticks(2));

        foreach (var write in new StateOperation[] { new SetFields(Map(), [Field("g", "v"), Field("n", 1)]), new SetFields(Map(), [Field("h", "v")], ifAbsent: true), new IncrementFields(Map(), [By("n", 1)]), new RemoveFields(Map(), ["g"]) })
        {
            await CommitAsync(write);
            (await ExpiryAsync(Map())).Should().Be(map, "{0} keeps it", write.GetType().Name);
        }
        foreach (var write in new StateOperation[] { new AppendEntries(Log(), [new(Bytes("b"))]), new AppendEntries(Log(), [new(Bytes("c"))], keepLast: 1), new ReplaceEntry(Log(), 3, Bytes("x")), new RemoveEntries(Log(), [new(1, long.MaxValue)]), new AppendEntries(Log(), [new(Bytes("d"))]) })
        {
            await CommitAsync(write);
            (await ExpiryAsync(Log())).Should().Be(log, "{0} keeps it", write.GetType().Name);
        }
        foreach (var write in new StateOperation[] { new SetScores(Index(), [new("a", 1), new("b", 2), new("c", 9)]), new SetScores(Index(), [new("a", 2)], onlyRaise: true), new IncrementScores(Index(), [new("d", 1)]), new RemoveMembers(Index(), ["a"]), new RemoveScores(Index(), 9, 9) })
        {
            await CommitAsync(write);
            (await ExpiryAsync(Index())).Should().Be(index, "{0} keeps it", write.GetType().Name);
        }
    }

    [Test]
    public async Task Expired_EveryRead_SeesNothing()
    {
        var lifetime = Ticks(8);
        await CommitAsync(
            new PutDocument(Document(), Bytes("v"), StateExpiry.After(lifetime)), new PutDocument(Document("sliding"), Bytes("v"), StateExpiry.Sliding(lifetime)), new PutDocument(Document("at"), Bytes("v"), StateExpiry.At(Now + lifetime)),
            new SetFields(Map(), [Field("f", "v")]), new AppendEntries(Log(), [new(Bytes("v"), "id")]), new SetScores(Index(), [new("m", 1)]), new SetScores(Index("lives"), [new("n", 1)]));
        await CommitAsync([.. new[] { Map(), Log(), Index() }.Select(key => new ExpireKey(key, StateExpiry.After(lifetime)))]);
        (await PictureAsync([Document(), Document("sliding"), Document("at"), Map(), Log(), Index()])).Should().NotContain("absent", "their time has not come");

        await Harness.AdvanceAsync(lifetime + Ticks(1.5));

        var contents = await Provider.ReadAsync(
            [
                new DocumentRead(Document()), new DocumentRead(Document(), headOnly: true), new DocumentRead(Document("sliding")), new DocumentRead(Document("sliding"), StateExpiry.Keep), new DocumentRead(Document("at")),
                new MapRead(Map()), new MapRead(Map(), ["f"]), new MapRead(Map(), []), new LogRead(Log()), new LogRead(Log(), limit: 0), new LogRead(Log(), ["id"]),
                new IndexRead(Index()), new IndexRead(Index(), limit: 0), new IndexRead(Index(), ["m"]), new UnionRead([Index()]),
            ],
            CancellationToken.None);
        contents.Should().OnlyContain(static content => content == null);
        (await ReadAsync(new UnionRead([Index(), Index("lives")])))!.Should().BeEquivalentTo(new { Members = new IndexMember[] { new("n", 1) }, Count = 1 });
        if (Provider.Capabilities.HasFlag(StateCapabilities.Export)) (await Provider.ExportAsync(CancellationToken.None).Select(static record => record.Key).ToListAsync()).Should().Equal(Index("lives"));
        await Provider.MaintainAsync(CancellationToken.None);
        (await ReadAsync(Index("lives"))).Should().NotBeNull("maintenance takes only what has expired");
    }

    [TestCase(null)]
    [TestCase("id")]
    public async Task Append_ToAnEmptiedLogThatExpires_ExpiresWithIt(string? id)
    {
        var lifetime = Ticks(8);
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("a"), id)]));
        await CommitAsync(new RemoveEntries(Log(), [new(1, 1)]), new ExpireKey(Log(), StateExpiry.After(lifetime)));
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("b"), id)]));

        await Harness.AdvanceAsync(lifetime + Ticks(1.5));

        (await CommitAsync(new AppendEntries(Log(), [new(Bytes("c"), id)])))[0].Should().Be(new OperationResult(Count: 1, Value: 1), "what was there has expired with the log");
    }

    [Test]
    public async Task Expired_EveryWrite_FindsNothing()
    {
        const int Variants = 6;
        await MakeAsync(Variants);
        var etag = (await ReadAsync(new DocumentRead(Document("0"))))!.ETag;
        await CommitAsync([.. Enumerable.Range(0, Variants).SelectMany(static i => new[] { Document($"{i}"), Map($"{i}"), Log($"{i}"), Index($"{i}") }).Select(key => new ExpireKey(key, StateExpiry.After(Ticks(8))))]);
        await Harness.AdvanceAsync(Ticks(9.5));

        var absent = new CommitConflict(0, default);
        (await TryCommitAsync(new PutDocument(Document("0"), default, condition: StateCondition.IfMatch(etag)))).Conflict.Should().Be(absent);
        (await TryCommitAsync(new PutDocument(Document("0"), default, condition: StateCondition.IfExists))).Conflict.Should().Be(absent);
        (await TryCommitAsync(new CheckKey(Map("0"), StateCondition.IfExists))).Conflict.Should().Be(absent);
        (await TryCommitAsync(new ReplaceEntry(Log("0"), 1, Bytes("x")))).Conflict.Should().Be(absent);
        (await CommitAsync(new CheckKey(Document("0"), StateCondition.IfAbsent), new CheckKey(Log("0"), StateCondition.IfAbsent), new CheckKey(Index("0"), StateCondition.IfAbsent))).Should().HaveCount(3);
        foreach (var key in new[] { Document("1"), Map("1"), Log("1"), Index("1") })
            (await CommitAsync(new DeleteKey(key), new ExpireKey(key, StateExpiry.Never))).Select(static result => result.Count).Should().Equal(0, 0);
        foreach (var key in new[] { Document("2"), Map("2"), Log("2"), Index("2") }) (await CommitAsync(new ExpireKey(key, StateExpiry.Never)))[0].Count.Should().Be(0, "{0} does not come back", key);
        (await CommitAsync(new RemoveFields(Map("3"), ["bytes"]), new RemoveEntries(Log("3"), [new(1, long.MaxValue)]), new RemoveMembers(Index("3"), ["m"]))).Select(static result => result.Count).Should().Equal(0, 0, 0);
        (await CommitAsync(new RemoveScores(Index("4"), long.MinValue, long.MaxValue)))[0].Count.Should().Be(0);
        foreach (var i in Enumerable.Range(0, 4))
            (await PictureAsync([Document($"{i}"), Map($"{i}"), Log($"{i}"), Index($"{i}")])).Split('\n').Should().OnlyContain(static line => line.EndsWith(": absent", StringComparison.Ordinal));

        var results = await CommitAsync(
            new PutDocument(Document("4"), Bytes("new"), StateExpiry.Keep, StateCondition.IfAbsent), new SetFields(Map("4"), [Field("bytes", "new")], ifAbsent: true), new IncrementFields(Map("5"), [By("bytes", 1), By("full", 1)], returnValues: true),
            new AppendEntries(Log("4"), [new(Bytes("new"), "id")]), new AppendEntries(Log("5"), [new(Bytes("new"), "id", 1)], keepLast: 1), new SetScores(Index("4"), [new("m", -5)], onlyRaise: true), new IncrementScores(Index("5"), [new("m", 1)]));

        results.Select(StatePicture.Of).Should().Equal(new OperationResult[] { default, default, new(Vectors: [new long[] { 1 }, new long[] { 1 }]), new(Count: 1, Value: 1), new(Count: 1, Value: 1), default, default }.Select(StatePicture.Of));
        (await PictureAsync([Map("4"), Map("5"), Log("4"), Log("5"), Index("4"), Index("5")])).Should().Be(string.Join('\n',
            $"{StatePicture.Of(Map("4"))}: {StatePicture.Of(new MapContent(new Dictionary<string, MapValue> { ["bytes"] = Field("", "new").Value }))}",
            $"{StatePicture.Of(Map("5"))}: {StatePicture.Of(new MapContent(new Dictionary<string, MapValue> { ["bytes"] = Field("", 1).Value, ["full"] = Field("", 1).Value }))}",
            $"{StatePicture.Of(Log("4"))}: {StatePicture.Of(new LogContent([new(1, Bytes("new"), "id")], 1, 1))}",
            $"{StatePicture.Of(Log("5"))}: {StatePicture.Of(new LogContent([new(1, Bytes("new"), "id")], 1, 1))}",
            $"{StatePicture.Of(Index("4"))}: {StatePicture.Of(new IndexContent([new("m", -5)], 1))}",
            $"{StatePicture.Of(Index("5"))}: {StatePicture.Of(new IndexContent([new("m", 1)], 1))}"));
        (await ExpiryAsync(Document("4"))).Should().Be(StateExpiry.Never);
    }

    private static StateKey[] Shapes => [Document(), Map(), Log(), Index()];

    private async Task MakeAsync() =>
        await CommitAsync(new PutDocument(Document(), Bytes("v")), new SetFields(Map(), [Field("f", "v")]), new AppendEntries(Log(), [new(Bytes("a"), "id")]), new SetScores(Index(), [new("m", 1)]));

    private async Task MakeAsync(int variants) =>
        await CommitAsync(
            [
                .. Enumerable.Range(0, variants).SelectMany(static i => new StateOperation[]
                {
                    new PutDocument(Document($"{i}"), Bytes("v")), new SetFields(Map($"{i}"), [Field("bytes", "v"), Field("full", StateLimits.MaximumNumber)]),
                    new AppendEntries(Log($"{i}"), [new(Bytes("a"), "id", StateLimits.MaximumNumber)]), new SetScores(Index($"{i}"), [new("m", StateLimits.MaximumNumber)]),
                }),
            ]);
}
