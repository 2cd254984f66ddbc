using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Touches: how a read slides a document's expiry, and what it leaves alone.</summary>
public abstract class TouchConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Touch_Keep_SlidesADocumentByItsOwnWindowUpToItsCap()
    {
        var sliding = new PutDocument(Document("sliding"), Bytes("v"), StateExpiry.Sliding(Ticks(1000)));
        var etag = await WriteAsync(
            sliding, new PutDocument(Document("capped"), Bytes("v"), StateExpiry.Sliding(Ticks(1000), Ticks(1002))),
            new PutDocument(Document("after"), Bytes("v"), StateExpiry.After(Ticks(1000))), new PutDocument(Document("never"), Bytes("v")));
        var (after, capped) = (await ExpiryAsync(Document("after")), await ExpiryAsync(Document("capped")));
        await Harness.AdvanceAsync(Ticks(4));
        var since = Now;

        var touched = (await ReadAsync(new DocumentRead(sliding.Key, StateExpiry.Keep)))!;

        touched.ETag.Should().Be(etag, "a touch changes no ETag");
        Text(touched.Value).Should().Be("v");
        touched.Expiry.Should().Be(StateExpiry.Resolved(Ticks(1000), touched.Expiry.Instant!.Value, null));
        ShouldBeIn(Ticks(1000), since, touched.Expiry.Instant);
        StatePicture.Of(await ReadAsync(sliding.Key)).Should().Be(StatePicture.Of(touched), "the touch was stored, and a peek does not slide");
        (await TouchAsync(Document("capped"), StateExpiry.Keep)).Should().Be(StateExpiry.Resolved(Ticks(1000), capped.Cap!.Value, capped.Cap));
        (await ExpiryAsync(Document("capped"))).Instant.Should().Be(capped.Cap);
        (await TouchAsync(Document("after"), StateExpiry.Keep)).Should().Be(after);
        (await TouchAsync(Document("never"), StateExpiry.Keep)).Should().Be(StateExpiry.Never);
        (await ReadAsync(new DocumentRead(Document("absent"), StateExpiry.Keep))).Should().BeNull();
        (await ReadAsync(Document("absent"))).Should().BeNull("a touch makes nothing");
    }

    [Test]
    public async Task Touch_Sliding_BecomesTheExpiryWhateverItWas()
    {
        StateExpiry[] kinds = [StateExpiry.Never, StateExpiry.At(Far), StateExpiry.After(Ticks(1000)), StateExpiry.Sliding(Ticks(500)), StateExpiry.Sliding(Ticks(1000)), StateExpiry.Sliding(Ticks(1000), Ticks(1001))];
        await CommitAsync([.. kinds.Select(static (expiry, i) => new PutDocument(Document($"{i}"), Bytes("v"), expiry))]);
        await Harness.AdvanceAsync(Ticks(2));

        for (var i = 0; i < kinds.Length; i++)
        {
            var since = Now;
            var key = Document($"{i}");
            var touched = (await ReadAsync(new DocumentRead(key, StateExpiry.Sliding(Ticks(1000)), headOnly: i % 2 == 0)))!;

            touched.Expiry.Should().Be(StateExpiry.Resolved(Ticks(1000), touched.Expiry.Instant!.Value, null), "it was {0}", kinds[i].Kind);
            ShouldBeIn(Ticks(1000), since, touched.Expiry.Instant);
            var stored = await ExpiryAsync(key);
            stored.Should().Be(StateExpiry.Resolved(Ticks(1000), stored.Instant!.Value, null), "the touch was stored");
            // A server that touches by one command of its own does not tell its clock, so the answer is near the truth, not at it.
            stored.Instant.Should().BeCloseTo(touched.Expiry.Instant.Value, Harness.TimeStandsStill ? TimeSpan.Zero : Harness.Tick);
            Text((await ReadAsync(new DocumentRead(key)))!.Value).Should().Be("v");
        }
        (await ReadAsync(new DocumentRead(Document("absent"), StateExpiry.Sliding(Ticks(1000))))).Should().BeNull();
        (await ReadAsync(Document("absent"))).Should().BeNull("a touch makes nothing");
    }

    [Test]
    public async Task Touch_SlidingThatWasResolvedBefore_IsCountedFromNow()
    {
        await CommitAsync(new PutDocument(Document(), default, StateExpiry.Sliding(Ticks(1000))));
        var resolved = await ExpiryAsync(Document());
        await Harness.AdvanceAsync(Ticks(3));
        var since = Now;

        ShouldBeIn(Ticks(1000), since, (await TouchAsync(Document(), resolved)).Instant);
        ShouldBeIn(Ticks(1000), since, (await ExpiryAsync(Document())).Instant);
    }

    [Test]
    public async Task Touch_InAListOfReads_TouchesThatOne()
    {
        await CommitAsync(new PutDocument(Document("a"), default, StateExpiry.Sliding(Ticks(1000))), new PutDocument(Document("b"), default, StateExpiry.Sliding(Ticks(1000))));
        var b = await ExpiryAsync(Document("b"));
        await Harness.AdvanceAsync(Ticks(3));
        var since = Now;

        await Provider.ReadAsync([new DocumentRead(Document("b")), new DocumentRead(Document("a"), StateExpiry.Keep), new DocumentRead(Document("absent"), StateExpiry.Keep)], CancellationToken.None);

        ShouldBeIn(Ticks(1000), since, (await ExpiryAsync(Document("a"))).Instant);
        (await ExpiryAsync(Document("b"))).Should().Be(b);
    }

    [Test]
    public async Task Sliding_TouchedInTime_OutlivesItsWindowButNotItsCap()
    {
        await CommitAsync(
            new PutDocument(Document("touched"), Bytes("v"), StateExpiry.Sliding(Ticks(10))), new PutDocument(Document("peeked"), Bytes("v"), StateExpiry.Sliding(Ticks(10))),
            new PutDocument(Document("capped"), Bytes("v"), StateExpiry.Sliding(Ticks(10), Ticks(12))), new PutDocument(Document("shortened"), Bytes("v")));
        await Harness.AdvanceAsync(Ticks(5));
        foreach (var id in new[] { "touched", "capped" }) (await ReadAsync(new DocumentRead(Document(id), StateExpiry.Keep))).Should().NotBeNull();
        (await ReadAsync(new DocumentRead(Document("shortened"), StateExpiry.Sliding(Ticks(1))))).Should().NotBeNull();
        (await ReadAsync(Document("peeked"))).Should().NotBeNull();

        await Harness.AdvanceAsync(Ticks(8));

        (await ReadAsync(Document("touched"))).Should().NotBeNull("its window is counted from the touch");
        (await ReadAsync(Document("peeked"))).Should().BeNull("a peek does not slide");
        (await ReadAsync(Document("capped"))).Should().BeNull("no touch moves its end");
        (await ReadAsync(Document("shortened"))).Should().BeNull("the touch gave it a shorter window");
        (await ReadAsync(new DocumentRead(Document("capped"), StateExpiry.Sliding(Ticks(100))))).Should().BeNull("what expired is not touched back to life");
        (await ReadAsync(Document("capped"))).Should().BeNull();
    }

    [Test]
    public async Task Touch_ClockWasSetBack_DoesNotShortenTheLife()
    {
        if (!Harness.CanStepClock) Assert.Ignore("The clock of this store cannot be set.");
        StateExpiry[] touches = [StateExpiry.Keep, StateExpiry.Sliding(Ticks(60))];
        await CommitAsync([.. touches.Select((_, i) => new PutDocument(Document($"{i}"), Bytes("v"), StateExpiry.Sliding(Ticks(60)))), new PutDocument(Document("capped"), Bytes("v"), StateExpiry.Sliding(Ticks(60), Ticks(62)))]);
        var capped = await ExpiryAsync(Document("capped"));

        Harness.StepClock(Ticks(-120));
        for (var i = 0; i < touches.Length; i++) (await ReadAsync(new DocumentRead(Document($"{i}"), touches[i]))).Should().NotBeNull();
        (await TouchAsync(Document("capped"), StateExpiry.Keep)).Should().Be(capped);
        Harness.StepClock(Ticks(121));

        for (var i = 0; i < touches.Length; i++) (await ReadAsync(Document($"{i}"))).Should().NotBeNull("it was just used");
        (await ReadAsync(Document("capped"))).Should().NotBeNull("it was just used");
    }

    [Test]
    public async Task Touch_MadeUnderAClockThatWasFarAhead_SetsItRight()
    {
        if (!Harness.CanStepClock) Assert.Ignore("The clock of this store cannot be set.");
        Harness.StepClock(TimeSpan.FromDays(2));
        await CommitAsync(new PutDocument(Document(), Bytes("v"), StateExpiry.Sliding(Ticks(60))));
        Harness.StepClock(TimeSpan.FromDays(-2));

        (await ReadAsync(new DocumentRead(Document(), StateExpiry.Keep))).Should().NotBeNull();
        Harness.StepClock(Ticks(61));

        (await ReadAsync(Document())).Should().BeNull();
    }

    private async Task<StateExpiry> TouchAsync(StateKey key, StateExpiry touch) => (await ReadAsync(new DocumentRead(key, touch)))!.Expiry;
}
