using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Sixty-four callers at once: nothing lost, nothing doubled, nothing torn.</summary>
public abstract class ConcurrencyConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const int Callers = 64;
    private const int Readers = 6;

    [Test]
    public async Task Put_IfMatchRetried_LosesNoUpdate()
    {
        const int Updates = 4;
        await CommitAsync(new PutDocument(Document(), Bytes("0")));

        await AllAsync(Callers, async _ =>
        {
            for (var done = 0; done < Updates;)
            {
                var read = (await ReadAsync(new DocumentRead(Document())))!;
                var put = new PutDocument(Document(), Bytes($"{int.Parse(Text(read.Value), null) + 1}"), condition: StateCondition.IfMatch(read.ETag));
                if ((await TryCommitAsync(put)).IsCommitted) done++;
            }
        });

        Text((await ReadAsync(new DocumentRead(Document())))!.Value).Should().Be($"{Callers * Updates}");
    }

    [Test]
    public async Task Put_IfAbsent_HasOneWinner()
    {
        for (var round = 0; round < 5; round++)
        {
            var key = Document($"{round}");
            var winners = 0;
            await AllAsync(Callers, async caller =>
            {
                if ((await TryCommitAsync(new PutDocument(key, Bytes($"{caller}"), condition: StateCondition.IfAbsent))).IsCommitted) Interlocked.Add(ref winners, 1000 + caller);
            });

            (winners / 1000).Should().Be(1, "one put finds the key absent");
            Text((await ReadAsync(new DocumentRead(key)))!.Value).Should().Be($"{winners % 1000}");
        }
    }

    [Test]
    public async Task Increments_OfFieldsAndScores_AreExact()
    {
        const int Increments = 20;
        await AllAsync(Callers, async caller =>
        {
            for (var i = 0; i < Increments; i++)
                await CommitAsync(new IncrementFields(Map(), [By("all", 1, caller), By($"mine {caller}", 1)]), new IncrementScores(Index(), [new("all", 1), new($"mine {caller}", 1)]));
        });

        var fields = (await ReadAsync(new MapRead(Map())))!.Fields;
        fields["all"].Counters.ToArray().Should().Equal(Callers * Increments, Increments * Callers * (Callers - 1) / 2);
        fields.Where(static field => field.Key != "all").Select(static field => field.Value.Counters.Span[0]).Should().Equal(Enumerable.Repeat((long)Increments, Callers));
        var members = (await ReadAsync(new IndexRead(Index(), descending: true)))!.Members;
        members[0].Should().Be(new IndexMember("all", Callers * Increments));
        members.Skip(1).Should().HaveCount(Callers).And.OnlyContain(static member => member.Score == Increments);
    }

    [Test]
    public async Task Appends_ToOneLog_GiveEachSequenceOnce()
    {
        const int Appends = 10;
        var given = new long[Callers * Appends];
        await AllAsync(Callers, async caller =>
        {
            for (var i = 0; i < Appends; i++) given[caller * Appends + i] = (await CommitAsync(new AppendEntries(Log(), [new(Bytes($"{caller}-{i}"), $"{caller}-{i}"), new(Bytes($"{caller}-{i} more"))])))[0].Value;
        });

        var log = (await ReadAsync(new LogRead(Log())))!;
        log.Entries.Select(static entry => entry.Sequence).Should().Equal(Enumerable.Range(1, 2 * Callers * Appends).Select(static i => (long)i), "sequences rise without gap or repeat");
        for (var i = 0; i < given.Length; i++)
        {
            Text(log.Entries[(int)given[i] - 1].Value).Should().Be($"{i / Appends}-{i % Appends}", "each caller was told its own sequence");
            Text(log.Entries[(int)given[i]].Value).Should().Be($"{i / Appends}-{i % Appends} more", "the entries of one append are neighbours");
        }
    }

    [Test]
    public async Task Appends_OfTheSameIds_HappenOnce()
    {
        const int Ids = 20;
        var appended = 0;
        await AllAsync(Callers, async _ =>
        {
            for (var i = 0; i < Ids; i++)
                if ((await TryCommitAsync(new AppendEntries(Log(), [new(Bytes($"{i}"), $"{i}")]), new IncrementFields(Map(), [By("n", 1)]))).IsCommitted) Interlocked.Increment(ref appended);
        });

        appended.Should().Be(Ids);
        (await ReadAsync(new LogRead(Log())))!.Entries.Select(static entry => entry.Id).Should().BeEquivalentTo(Enumerable.Range(0, Ids).Select(static i => $"{i}"));
        (await ReadAsync(new MapRead(Map())))!.Fields["n"].Counters.Span[0].Should().Be(Ids, "a refused append counts nothing");
    }

    [Test]
    public async Task Appends_KeepingTheLast_NeverGoBelowNorAbove()
    {
        const int Kept = 7;
        await AllAsync(Callers, async caller =>
        {
            for (var i = 0; i < 5; i++)
            {
                var result = (await CommitAsync(new AppendEntries(Log(), [new(Bytes($"{caller}"), $"{caller}-{i}")], Kept)))[0];
                result.Count.Should().Be(Math.Min(result.Value, Kept));
                var log = (await ReadAsync(new LogRead(Log())))!;
                log.Entries.Select(static entry => entry.Sequence).Should().Equal(Enumerable.Range(0, (int)log.Count).Select(at => log.LastSequence - log.Count + 1 + at), "the newest are kept");
            }
        });

        (await ReadAsync(new LogRead(Log())))!.Should().BeEquivalentTo(new { Count = Kept, LastSequence = Callers * 5 });
    }

    [Test]
    public async Task Readers_OfCommitsOnTwoKeys_SeeThemWholeOrNotAtAll()
    {
        const int Rounds = 200;
        StateOperation[] Commit(long value) =>
            [new PutDocument(Document(), (byte[])[.. Bytes($"{value}").Span, .. new byte[20_000]]), new SetFields(Map(), [Field("left", value), Field("bytes", new string('x', 5_000)), Field("right", value)]), new AppendEntries(Log(), [new(Bytes($"{value}"))], keepLast: 3)];
        await CommitAsync(Commit(0));
        var (reads, ended) = (0, false);

        // A few readers that let others run: many that never wait would leave a slow store no thread to write with.
        var readers = Enumerable.Range(0, Readers).Select(reader => Task.Run(async () =>
        {
            while (!Volatile.Read(ref ended))
            {
                Interlocked.Increment(ref reads);
                await Task.Yield();
                // What a later read shows cannot be older than what an earlier one has shown of the same commits.
                var first = await NumberAsync(reader % 3);
                var second = await NumberAsync((reader + 1) % 3);
                second.Should().BeGreaterThanOrEqualTo(first, "a commit is seen whole");
            }
        })).ToArray();
        try
        {
            for (var round = 1; round <= Rounds || (Volatile.Read(ref reads) < Rounds && !readers.Any(static reader => reader.IsCompleted)); round++)
            {
                await CommitAsync(Commit(round));
                await Task.Yield();
            }
        }
        finally
        {
            Volatile.Write(ref ended, true);
            await Task.WhenAll(readers);
        }
    }

    [Test]
    public async Task Readers_OfBigKeys_SeeThemAsOfOneInstant()
    {
        const int Size = 300, Rounds = 60;
        var names = Enumerable.Range(0, Size).Select(static i => $"n{i:d3}").ToArray();
        // Each commit changes all there is: every counter and score by one, and every entry of the log.
        StateOperation[] Commit(int round) =>
        [
            new IncrementFields(Map(), [.. names.Select(static name => By(name, 1))]), new AppendEntries(Log(), [.. names.Select(_ => new LogAppend(Bytes($"{round}")))], keepLast: Size),
            new IncrementScores(Index("up"), [.. names.Select(static name => new IndexMember(name, 1))]), new IncrementScores(Index("down"), [.. names.Select(static name => new IndexMember(name, -1))]),
        ];
        await CommitAsync(Commit(0));
        var (reads, ended) = (0, false);

        var readers = Enumerable.Range(0, Readers).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref ended))
            {
                Interlocked.Increment(ref reads);
                (await ReadAsync(new MapRead(Map())))!.Fields.Values.Select(static value => value.Counters.Span[0]).Distinct().Should().ContainSingle();
                (await ReadAsync(new IndexRead(Index("up"))))!.Members.Select(static member => member.Score).Distinct().Should().ContainSingle();
                (await ReadAsync(new UnionRead([Index("up"), Index("down")])))!.Members.Select(static member => member.Score).Distinct().Should().Equal(0);
                var log = (await ReadAsync(new LogRead(Log())))!;
                log.Entries.Select(static entry => Text(entry.Value)).Distinct().Should().ContainSingle();
                log.Entries.Select(static entry => entry.Sequence).Should().Equal(Enumerable.Range(1, Size).Select(i => log.LastSequence - Size + i));
                await Task.Yield();
            }
        })).ToArray();
        try
        {
            for (var round = 1; round <= Rounds || (Volatile.Read(ref reads) < Rounds && !readers.Any(static reader => reader.IsCompleted)); round++)
            {
                await CommitAsync(Commit(round));
                await Task.Yield();
            }
        }
        finally
        {
            Volatile.Write(ref ended, true);
            await Task.WhenAll(readers);
        }
    }

    [Test]
    public async Task Reads_TouchingWhileOthersWrite_LoseNoWriteAndReviveNothing()
    {
        using var ending = new CancellationTokenSource();
        var touches = 0;
        var touching = Enumerable.Range(0, Readers).Select(reader => Task.Run(async () =>
        {
            while (!ending.IsCancellationRequested)
            {
                await ReadAsync(new DocumentRead(Document(), reader % 2 == 0 ? StateExpiry.Keep : StateExpiry.Sliding(Ticks(1000))));
                Interlocked.Increment(ref touches);
                await Task.Yield();
            }
        })).ToArray();

        try
        {
            for (var round = 0; round < 100 || Volatile.Read(ref touches) < 1000; round++)
            {
                var etag = await WriteAsync(new PutDocument(Document(), Bytes($"{round}"), StateExpiry.Sliding(Ticks(1000))));
                var read = (await ReadAsync(new DocumentRead(Document())))!;
                (Text(read.Value), read.ETag).Should().Be(($"{round}", etag), "a touch writes nothing back");
                (await CommitAsync(new DeleteKey(Document())))[0].Count.Should().Be(1);
                (await ReadAsync(Document())).Should().BeNull("a touch does not bring back what was deleted");
                await Task.Yield();
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(touching);
        }
    }

    [Test]
    public async Task Commits_CancelledAtAnyMoment_HappenWholeOrNot()
    {
        var acknowledged = 0;
        await AllAsync(Callers, async caller =>
        {
            for (var i = 0; i < 10; i++)
            {
                using var ending = new CancellationTokenSource();
                var commit = Provider.CommitAsync(
                    new StateCommit(new IncrementFields(Map(), [By("n", 1)]), new AppendEntries(Log(), [new(default, $"{caller}-{i}")]), new PutDocument(Document($"{caller}-{i}"), Bytes("v"))), ending.Token).AsTask();
                if ((caller + i) % 3 == 0) await Task.Yield();
                if (i % 2 == 0) await ending.CancelAsync();
                if (await HappenedAsync(commit)) Interlocked.Increment(ref acknowledged);
            }
        });
        // Behind this commit nothing is under way any more.
        await CommitAsync(new SetFields(Map("last"), [Field("f", "v")]));

        var ids = (await ReadAsync(new LogRead(Log())))!.Entries.Select(static entry => entry.Id!).ToArray();
        ids.Length.Should().BeGreaterThanOrEqualTo(acknowledged, "what was acknowledged has happened");
        (await ReadAsync(new MapRead(Map())))!.Fields["n"].Counters.Span[0].Should().Be(ids.Length);
        var documents = await Provider.ReadAsync([.. from caller in Enumerable.Range(0, Callers) from i in Enumerable.Range(0, 10) select new DocumentRead(Document($"{caller}-{i}"))], CancellationToken.None);
        documents.Count(static document => document is not null).Should().Be(ids.Length);
    }

    [Test]
    public async Task Commits_InAllPartitionsAtOnce_DoNotDisturbEachOther()
    {
        await AllAsync(Callers, async caller =>
        {
            for (var i = 0; i < 10; i++)
                await CommitAsync(new IncrementFields(Map(partition: caller % PartitionCount), [By("n", 1)]), new PutDocument(Document($"{caller}", caller % PartitionCount), Bytes($"{i}")));
        });

        for (var partition = 0; partition < PartitionCount; partition++)
            (await ReadAsync(new MapRead(Map(partition: partition))))!.Fields["n"].Counters.Span[0].Should().Be(Callers * 10 / PartitionCount);
        var documents = await Provider.ReadAsync([.. Enumerable.Range(0, Callers).Select(static caller => new DocumentRead(Document($"{caller}", caller % PartitionCount)))], CancellationToken.None);
        documents.Should().OnlyContain(static document => Text(((DocumentContent)document!).Value) == "9");
    }

    private static async Task<bool> HappenedAsync(Task<CommitResult> commit)
    {
        try { return (await commit).IsCommitted; }
        catch (OperationCanceledException) { return false; }
        catch (StateUnavailableException exception) when (exception.MayHaveBeenWritten) { return false; }
    }

    private async Task<long> NumberAsync(int of)
    {
        switch (of)
        {
            case 0:
                return long.Parse(Text((await ReadAsync(new DocumentRead(Document())))!.Value[..^20_000]), null);
            case 1:
                var fields = (await ReadAsync(new MapRead(Map())))!.Fields;
                fields["left"].Should().Be(fields["right"], "a key is read as of one instant");
                return fields["left"].Counters.Span[0];
            default:
                var log = (await ReadAsync(new LogRead(Log())))!;
                return long.Parse(Text(log.Entries[^1].Value), null);
        }
    }
}
