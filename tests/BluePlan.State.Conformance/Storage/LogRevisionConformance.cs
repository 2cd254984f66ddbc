using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>The revision of a log: a reader that sees the same one twice has missed only appends.</summary>
public abstract class LogRevisionConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    private static readonly StateExpiry Distant = StateExpiry.At(new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [SetUp]
    public void NeedLogRevisions() => Needs(StateCapabilities.LogRevisions);

    [TestCase(false, TestName = "Append_ToAnAbsentLog_BeginsARevision(entries with ids)")]
    [TestCase(true, TestName = "Append_ToAnAbsentLog_BeginsARevision(entries without)")]
    public async Task Append_ToAnAbsentLog_BeginsARevision(bool plain)
    {
        var etag = await WriteAsync(Append(plain ? null : "id"));

        (await RevisionAsync()).Should().Be(etag);
    }

    [Test]
    public async Task Append_ToALogThatIsThere_KeepsTheRevision()
    {
        var began = await WriteAsync(Append("a"));
        StateOperation[] appends =
        [
            Append("b"), Append(null), new AppendEntries(Log(), [new(Bytes("v")), new(Bytes("v"), "c")]), new AppendEntries(Log(), [new(Bytes("v"), "d", 50)]), new AppendEntries(Log(), [new(Bytes("v"))], atLeast: 70),
            new AppendEntries(Log(), [new(Bytes("v"), "e")], keepLast: 8), new AppendEntries(Log(), [new(Bytes("v"))], keepLast: 100),
        ];
        foreach (var append in appends)
        {
            await CommitAsync(append);
            (await RevisionAsync()).Should().Be(began);
        }
        ((LogContent)(await ReadAsync(Log()))!).Count.Should().Be(9, "the first keeps seven and itself, so that nothing is removed");
    }

    [Test]
    public async Task WhatChangesNoEntry_KeepsTheRevision()
    {
        var began = await WriteAsync(Append("a"), new ExpireKey(Log(), Distant));

        await CommitAsync(new RemoveEntries(Log(), [new(2, 5)]));
        await CommitAsync(new CheckEntries(Log(), [new(1, "a")]), new CheckKey(Log(), StateCondition.IfExists), new ExpireKey(Log(), StateExpiry.Never));
        (await TryCommitAsync(Append("a"))).IsCommitted.Should().BeFalse();
        (await TryCommitAsync(new ReplaceEntry(Log(), 1, Bytes("w"), Bytes("other")))).IsCommitted.Should().BeFalse();
        await Provider.MaintainAsync(CancellationToken.None);

        (await RevisionAsync()).Should().Be(began);
        await CommitAsync(new RemoveEntries(Log("absent"), [new(1, 1)]));
        (await ReadAsync(Log("absent"))).Should().BeNull();
    }

    [Test]
    public async Task Edits_EachKind_ReviseTheLog()
    {
        await CommitAsync(new AppendEntries(Log(), [.. Enumerable.Range(1, 9).Select(static i => new LogAppend(Bytes($"{i}"), i % 2 == 0 ? $"{i}" : null))]));
        StateOperation[] edits =
        [
            new ReplaceEntry(Log(), 2, Bytes("w")), new ReplaceEntry(Log(), 2, Bytes("w")), new RemoveEntries(Log(), [new(1, 1)]), new RemoveEntries(Log(), [new(3, 3), new(9, long.MaxValue)]), Append("x", keepLast: 3), Append(null, keepLast: 1),
            new AppendEntries(Log(), [new(Bytes("v"), "y"), new(Bytes("v"), "z")], keepLast: 1), new RemoveEntries(Log(), [new(1, long.MaxValue)]),
        ];
        foreach (var edit in edits)
        {
            var etag = await WriteAsync(edit);
            (await RevisionAsync()).Should().Be(etag, "of {0}", edit.GetType().Name);
        }

        var last = await RevisionAsync();
        await CommitAsync(Append("go on"));
        (await RevisionAsync()).Should().Be(last, "an emptied log is there, so an append alone keeps the revision");
    }

    [Test]
    public async Task Commit_OfSeveralLogs_RevisesThoseThatItEdits()
    {
        var began = await WriteAsync(Append("a"), new AppendEntries(Log("two"), [new(Bytes("v"))]), new AppendEntries(Log("three"), [new(Bytes("v"), "a")]), new PutDocument(Document(), default));

        var etag = await WriteAsync(new ReplaceEntry(Log(), 1, Bytes("w")), new AppendEntries(Log("two"), [new(Bytes("v"))]), new RemoveEntries(Log("three"), [new(1, 1)]), new AppendEntries(Log("four"), [new(Bytes("v"))]), new PutDocument(Document(), default));

        foreach (var (id, revision) in new[] { ("one", etag), ("two", began), ("three", etag), ("four", etag) }) (await RevisionAsync(id)).Should().Be(revision, "of the log {0}", id);
        (await ReadAsync(new DocumentRead(Document())))!.ETag.Should().Be(etag);
    }

    [Test]
    public async Task Expire_BehindAnAppend_LeavesTheRevision()
    {
        var began = await WriteAsync(new AppendEntries(Log(), [new(Bytes("v"), "a")]), new ExpireKey(Log(), Distant));
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("v"), "b")]), new ExpireKey(Log(), Distant));
        (await RevisionAsync()).Should().Be(began);

        var trimmed = await WriteAsync(new AppendEntries(Log(), [new(Bytes("v"))], keepLast: 1), new ExpireKey(Log(), Distant));
        (await RevisionAsync()).Should().Be(trimmed);
    }

    [Test]
    public async Task Log_DeletedAndBegunAgain_HasAnotherRevision()
    {
        var began = await WriteAsync(Append("a"), new AppendEntries(Log("plain"), [new(Bytes("v"))]));
        await CommitAsync(new DeleteKey(Log()), new DeleteKey(Log("plain")));

        var again = await WriteAsync(Append("a"), new AppendEntries(Log("plain"), [new(Bytes("v"))]));

        foreach (var id in new[] { "one", "plain" })
        {
            (await RevisionAsync(id)).Should().Be(again).And.NotBe(began);
            ((LogContent)(await ReadAsync(Log(id)))!).LastSequence.Should().Be(1, "the same sequence was given to another entry");
        }
    }

    [Test]
    public async Task Log_ExpiredAndBegunAgain_HasAnotherRevision()
    {
        await CommitAsync(Append("a"), new ExpireKey(Log(), StateExpiry.After(Ticks(2))));
        await Harness.AdvanceAsync(Ticks(3.5));

        var again = await WriteAsync(Append("a"));

        (await RevisionAsync()).Should().Be(again);
    }

    [Test]
    public async Task Reads_OfEveryKind_TellTheRevision()
    {
        await CommitAsync(Append("a"));
        var etag = await WriteAsync(new ReplaceEntry(Log(), 1, Bytes("w")));

        foreach (var read in new[] { new LogRead(Log()), new LogRead(Log(), limit: 0), new LogRead(Log(), 5, 9), new LogRead(Log(), limit: 1, fromEnd: true), new LogRead(Log(), ["a"]), new LogRead(Log(), ["absent"]) })
            (await ReadAsync(read))!.Revision.Should().Be(etag);
    }

    [Test]
    public async Task Revisions_StoreOpenedAgain_AreWhatTheyWere()
    {
        if (!Harness.CanReopen) Assert.Ignore("This store ends with its provider.");
        var began = await WriteAsync(Append("a"), new AppendEntries(Log("two"), [new(Bytes("v"))]), new AppendEntries(Log("three"), [new(Bytes("v"))]), new AppendEntries(Log("four"), [new(Bytes("v"))]));
        await CommitAsync(Append("b"));
        var replaced = await WriteAsync(new ReplaceEntry(Log("two"), 1, Bytes("w")));
        var removed = await WriteAsync(new RemoveEntries(Log("three"), [new(1, 1)]));
        var trimmed = await WriteAsync(new AppendEntries(Log("four"), [new(Bytes("v"))], keepLast: 1));

        for (var round = 0; round < 2; round++)
        {
            await ReopenAsync();
            foreach (var (id, revision) in new[] { ("one", began), ("two", replaced), ("three", removed), ("four", trimmed) }) (await RevisionAsync(id)).Should().Be(revision, "of the log {0}", id);
            await Provider.MaintainAsync(CancellationToken.None);
        }
    }

    [Test]
    public async Task Export_Logs_TellTheirRevision()
    {
        Needs(StateCapabilities.Export);
        var etag = await WriteAsync(new AppendEntries(Log(), [.. Enumerable.Range(1, 3_000).Select(static _ => new LogAppend(default))]));

        (await Provider.ExportAsync(CancellationToken.None).Select(static record => ((LogContent)record.Content).Revision).Distinct().ToListAsync()).Should().Equal(etag);
    }

    [Test]
    public async Task Import_OfALog_BeginsARevisionWhateverWasThere([Values] StateImportMode mode)
    {
        Needs(StateCapabilities.Export | StateCapabilities.Import);
        StateKey[] logs = [Log(), Log("later edited"), Log("deleted"), Log("emptied")];
        await CommitAsync([.. logs.Select(static key => new AppendEntries(key, [new(Bytes("1"), "1"), new(Bytes("2"))]))]);
        var records = await Provider.ExportAsync(CancellationToken.None).ToListAsync();
        var edited = await WriteAsync(new AppendEntries(Log(), [new(Bytes("3"))]), new ReplaceEntry(Log("later edited"), 1, Bytes("w")), new DeleteKey(Log("deleted")), new RemoveEntries(Log("emptied"), [new(1, 2)]));
        StateETag[] known = [edited, .. records.Select(static record => ((LogContent)record.Content).Revision)];

        for (var round = 0; round < 2; round++)
        {
            await Provider.ImportAsync(records.ToAsyncEnumerable(), mode, CancellationToken.None);

            foreach (var key in logs) ((LogContent)(await ReadAsync(key))!).Revision.IsEmpty.Should().BeFalse();
            StateETag[] imported = [.. (await Provider.ReadAsync([.. logs.Select(Whole)], CancellationToken.None)).Select(static content => ((LogContent)content!).Revision)];
            imported.Should().NotIntersectWith(known, "a reader may know them together with entries that are gone");
            known = [.. known, .. imported];
        }
        var last = await RevisionAsync();
        await CommitAsync(new AppendEntries(Log(), [new(Bytes("4"))]));
        (await RevisionAsync()).Should().Be(last);
    }

    private static AppendEntries Append(string? id, int? keepLast = null) => new(Log(), [new(Bytes("v"), id)], keepLast);

    private async Task<StateETag> RevisionAsync(string id = "one") => (await ReadAsync(new LogRead(Log(id), limit: 0)))!.Revision;
}
