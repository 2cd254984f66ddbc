using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Many questions in one call: each is answered as if it were asked alone.</summary>
public abstract class MultiReadConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Read_ManyDocumentsAmongOthers_AnswersEachInItsPlace()
    {
        const int Documents = 300;
        for (var partition = 1; partition <= 2; partition++)
        {
            await CommitAsync([.. Enumerable.Range(0, Documents).Where(static i => i % 7 != 3).Select(i => new PutDocument(Document($"{i}", partition), Bytes($"{partition} {i}"), i % 3 == 0 ? StateExpiry.After(Ticks(1000 + i)) : i % 5 == 0 ? StateExpiry.Sliding(Ticks(1000), Ticks(5000)) : default))]);
            await CommitAsync(new SetFields(Map(partition: partition), [Field("f", "v")]), new AppendEntries(Log(partition: partition), [new(Bytes("e"))]), new SetScores(Index(partition: partition), [new("m", partition)]));
        }
        StateRead[] reads =
        [
            .. Enumerable.Range(0, Documents).SelectMany(static i => new StateRead[] { new DocumentRead(Document($"{i}", 1 + i % 2)), new DocumentRead(Document($"{i}", 2 - i % 2), headOnly: true) }),
            new MapRead(Map(partition: 1)), new DocumentRead(Document("1", 3)), new LogRead(Log(partition: 2)), new IndexRead(Index(partition: 1)), new DocumentRead(Document("1", 1)), new UnionRead([Index(partition: 2)]), new MapRead(Map(partition: 3)),
        ];

        var answers = await Provider.ReadAsync(reads, CancellationToken.None);

        answers.Should().HaveCount(reads.Length);
        for (var i = 0; i < reads.Length; i++) StatePicture.Of(answers[i]).Should().Be(StatePicture.Of(await Provider.ReadOneAsync(reads[i], CancellationToken.None)), "of the read at {0}", i);
        answers.Count(static answer => answer is null).Should().Be(2 * Enumerable.Range(0, Documents).Count(static i => i % 7 == 3) + 2);
    }

    [Test]
    public async Task Read_ManyWithTouches_SlidesEachAsItsReadSays()
    {
        StateExpiry[] expiries = [StateExpiry.Sliding(Ticks(1000)), StateExpiry.Sliding(Ticks(1000), Ticks(1002)), StateExpiry.After(Ticks(1000)), StateExpiry.Never];
        StateExpiry?[] touches = [null, StateExpiry.Keep, StateExpiry.Sliding(Ticks(2000)), StateExpiry.Sliding(Ticks(1000))];
        (string Id, StateExpiry Expiry, StateExpiry? Touch, bool HeadOnly)[] cases =
            [.. from e in Enumerable.Range(0, expiries.Length) from t in Enumerable.Range(0, touches.Length) from head in new[] { false, true } select ($"{e} {t} {head}", expiries[e], touches[t], head)];
        await CommitAsync([.. cases.SelectMany(static one => new[] { "alone", "together" }.Select(how => new PutDocument(Document($"{how} {one.Id}"), Bytes(one.Id), one.Expiry)))]);
        await Harness.AdvanceAsync(Ticks(4));
        var since = Now;

        var together = await Provider.ReadAsync([.. cases.Select(static one => new DocumentRead(Document($"together {one.Id}"), one.Touch, one.HeadOnly))], CancellationToken.None);

        for (var i = 0; i < cases.Length; i++)
        {
            var (id, _, touch, headOnly) = cases[i];
            var (answer, alone) = ((DocumentContent)together[i]!, (await ReadAsync(new DocumentRead(Document($"alone {id}"), touch, headOnly)))!);
            Text(answer.Value).Should().Be(headOnly ? "" : id);
            StatePicture.Of(answer.Expiry, withInstants: false).Should().Be(StatePicture.Of(alone.Expiry, withInstants: false), "of {0}", id);
            StatePicture.Of(await ExpiryAsync(Document($"together {id}")), withInstants: Harness.TimeStandsStill).Should().Be(StatePicture.Of(answer.Expiry, withInstants: Harness.TimeStandsStill), "what {0} answered was stored", id);
            if (touch is { Kind: StateExpiryKind.Sliding } slide) ShouldBeIn(slide.Window, since, answer.Expiry.Instant);
            else if (Harness.TimeStandsStill) answer.Expiry.Should().Be(alone.Expiry);
        }
    }

    [Test]
    public async Task Read_TheSameDocumentSeveralTimes_AnswersInOrder()
    {
        await CommitAsync(new PutDocument(Document(), Bytes("v"), StateExpiry.After(Ticks(1000))));
        DocumentRead peek = new(Document()), touch = new(Document(), StateExpiry.Sliding(Ticks(3000))), absent = new(Document("absent"));

        var answers = await Provider.ReadAsync([absent, touch, peek, peek, absent], CancellationToken.None);

        answers[0].Should().BeNull();
        answers[4].Should().BeNull();
        answers.Skip(1).Take(3).Should().AllSatisfy(static answer => Text(((DocumentContent)answer!).Value).Should().Be("v"));
        (await ExpiryAsync(Document())).Window.Should().Be(Ticks(3000));
    }

    [Test]
    public async Task Read_ManyBigDocuments_AnswersAll()
    {
        const int Documents = 40, Bytes = 300_000;
        for (var i = 0; i < Documents; i++) await CommitAsync(new PutDocument(Document($"{i}"), Noise(Bytes, i)));

        var answers = await Provider.ReadAsync([.. Enumerable.Range(0, Documents).Select(static i => new DocumentRead(Document($"{i}"), i % 2 == 0 ? StateExpiry.Keep : null)), new DocumentRead(Document("absent"))], CancellationToken.None);

        for (var i = 0; i < Documents; i++) ((DocumentContent)answers[i]!).Value.Span.SequenceEqual(Noise(Bytes, i)).Should().BeTrue("the document {0} is what was written", i);
        answers[Documents].Should().BeNull();
    }

    [Test]
    public async Task Read_ManyWhileOthersWrite_ShowsWholeDocuments()
    {
        const int Documents = 10, Rounds = 60;
        StateCommit Round(int round) => new([.. Enumerable.Range(0, Documents).Select(i => new PutDocument(Document($"{i}"), Bytes($"{round} {i}")))]);
        var tags = new Dictionary<StateETag, int>();
        var commits = Enumerable.Range(0, Rounds).Select(Round).ToArray();
        for (var round = 0; round < Rounds; round++) tags[commits[round].ETag] = round;
        await CommitAsync(commits[0]);

        var writer = Task.Run(async () =>
        {
            foreach (var commit in commits.Skip(1)) await CommitAsync(commit);
        });
        StateRead[] reads = [.. Enumerable.Range(0, Documents).Select(static i => new DocumentRead(Document($"{i}")))];
        for (var last = false; !last;)
        {
            last = writer.IsCompleted;
            var answers = await Provider.ReadAsync(reads, CancellationToken.None);
            for (var i = 0; i < Documents; i++) Text(((DocumentContent)answers[i]!).Value).Should().Be($"{tags[((DocumentContent)answers[i]!).ETag]} {i}");
        }
        await writer;
    }
}
