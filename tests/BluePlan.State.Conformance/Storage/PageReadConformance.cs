using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Members of an index together with the documents that they name: by the read itself, and by the two reads that take its place.</summary>
public abstract class PageReadConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Page_MembersAndDocuments_StandTogetherInOrder()
    {
        var etag = await WriteAsync(new SetScores(Index(), [new("c", 3), new("a", 1), new("b", 1), new("d", 4)]), Put("a"), Put("c"), Put("d"));

        (await ShownAsync(Page(10))).Should().Be("a 1 = v a, b 1 = none, c 3 = v c, d 4 = v d of 4");
        (await ShownAsync(Page(2))).Should().Be("a 1 = v a, b 1 = none of 4");
        (await ShownAsync(Page(2, descending: true))).Should().Be("d 4 = v d, c 3 = v c of 4");
        (await PagesAsync(Page(10)))[0]!.Items[0].Document.Should().BeEquivalentTo(new { ETag = etag, Expiry = StateExpiry.Never });
    }

    [Test]
    public async Task Page_AfterAPlace_GoesOnBehindIt()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 1), new("b", 1), new("c", 1), new("d", 2)]), Put("a"), Put("b"), Put("c"), Put("d"));

        (await ShownAsync(Page(2, after: new("b", 1)))).Should().Be("c 1 = v c, d 2 = v d of 4");
        (await ShownAsync(Page(2, after: new("bb", 1)))).Should().Be("c 1 = v c, d 2 = v d of 4", "a place need not be a member");
        (await ShownAsync(Page(2, descending: true, after: new("d", 2)))).Should().Be("c 1 = v c, b 1 = v b of 4");
        (await ShownAsync(Page(2, after: new("", 2)))).Should().Be("d 2 = v d of 4");
        (await ShownAsync(Page(2, after: new("d", 2)))).Should().Be("nothing of 4");

        await CommitAsync(new SetScores(Index(), [new("a", -2), new("b", -1), new("c", 0), new("d", 0)]));
        (await ShownAsync(Page(2, after: new("a", -2)))).Should().Be("b -1 = v b, c 0 = v c of 4");
        (await ShownAsync(Page(9, after: new("c", 0)))).Should().Be("d 0 = v d of 4");
        (await ShownAsync(Page(9, descending: true, after: new("", 0)))).Should().Be("b -1 = v b, a -2 = v a of 4");
    }

    [Test]
    public async Task Page_OfAnIndexThatIsNotThere_IsNull()
    {
        await CommitAsync(Put("a"), new SetScores(Index("expired"), [new("a", 1)]), new ExpireKey(Index("expired"), StateExpiry.After(Ticks(2))));
        await Harness.AdvanceAsync(Ticks(3.5));

        (await ShownAsync(Page(10))).Should().Be("absent");
        (await ShownAsync(new PageRead(Index("expired"), "document", "", 10))).Should().Be("absent");
    }

    [Test]
    public async Task Page_Expiries_AreTold()
    {
        await CommitAsync(
            new SetScores(Index(), [new("expired", 1), new("lives", 2), new("slides", 3)]), new ExpireKey(Index(), StateExpiry.After(Ticks(3000))), new PutDocument(Document("/expired"), default, StateExpiry.After(Ticks(2))),
            new PutDocument(Document("/lives"), default, StateExpiry.After(Ticks(1000))), new PutDocument(Document("/slides"), default, StateExpiry.Sliding(Ticks(1000))));
        await Harness.AdvanceAsync(Ticks(3.5));

        foreach (var page in await PagesAsync(Page(10)))
        {
            page!.Expiry.Should().Be(await ExpiryAsync(Index())).And.NotBe(StateExpiry.Never);
            page.Items[0].Document.Should().BeNull();
            StatePicture.Of(page.Items[1].Document).Should().Be(StatePicture.Of(await ReadAsync(Document("/lives"))));
            StatePicture.Of(page.Items[2].Document).Should().Be(StatePicture.Of(await ReadAsync(Document("/slides"))), "a page touches nothing");
        }
    }

    [Test]
    public async Task Page_HostileNames_FindTheirDocuments()
    {
        const string Prefix = "a/b {x} %*\n\0:ü/";
        string[] names = [.. HostileNames.Short, "gone"];
        await CommitAsync([new SetScores(Index(), [.. names.Select(static (name, i) => new IndexMember(name, i))]), .. HostileNames.Short.Select(static name => new PutDocument(Document(Prefix + name), Bytes(name)))]);

        foreach (var page in await PagesAsync(new(Index(), "document", Prefix, 1_000)))
        {
            page!.Items.Select(static item => item.Member.Member).Should().Equal(names);
            page.Items.Select(static item => item.Document is { } document ? Text(document.Value) : null).Should().Equal([.. HostileNames.Short, null]);
        }
    }

    [Test]
    public async Task Page_DocumentsElsewhere_AreNotTaken()
    {
        var longest = new string('m', StateLimits.MaximumNameBytes);
        await CommitAsync(new SetScores(Index(), [new("a", 1), new("b", 2), new(longest, 3), new(longest[1..], 4)]), new PutDocument(Document("/a", type: "other"), Bytes("other type")), new SetFields(new(1, StateShape.Map, "document", "/b"), [Field("f", "v")]), new PutDocument(Document($"/{longest[1..]}"), Bytes("longest")));
        await CommitAsync(new PutDocument(Document("/a", partition: 2), Bytes("other partition")));

        foreach (var page in await PagesAsync(Page(10))) page!.Items.Select(static item => item.Document is { } document ? Text(document.Value) : null).Should().Equal(null, null, null, "longest");
    }

    [Test]
    public async Task Page_ManyAndBigDocuments_AreAllThere()
    {
        const int Big = 30, Bytes = 200_000;
        await CommitAsync(new SetScores(Index(), [.. Enumerable.Range(0, PageRead.MaximumLimit).Select(static i => new IndexMember($"{i}", i))]));
        for (var i = 0; i < Big; i++) await CommitAsync(new PutDocument(Document($"/{10 * i}"), Noise(Bytes, i)));

        foreach (var page in await PagesAsync(Page(PageRead.MaximumLimit)))
        {
            page!.Items.Should().HaveCount(PageRead.MaximumLimit);
            for (var i = 0; i < PageRead.MaximumLimit; i++)
            {
                var document = page.Items[i].Document;
                if (i % 10 != 0 || i >= 10 * Big) document.Should().BeNull();
                else document!.Value.Span.SequenceEqual(Noise(Bytes, i / 10)).Should().BeTrue("the document {0} is what was written", i);
            }
        }
    }

    [Test]
    public async Task Page_WhileOthersWrite_ShowsWhatACommitWroteTogether()
    {
        const int Rounds = 100;
        await CommitAsync(new SetScores(Index(), [new("a", 0)]), new PutDocument(Document("/a"), Bytes("0")));
        var writer = Task.Run(async () =>
        {
            for (var i = 1; i <= Rounds; i++) await CommitAsync(new SetScores(Index(), [new("a", i)]), new PutDocument(Document("/a"), Bytes($"{i}")));
        });
        for (var last = false; !last;)
        {
            last = writer.IsCompleted;
            foreach (var page in await PagesAsync(Page(10)))
            {
                var item = page!.Items.Should().ContainSingle().Subject;
                long.Parse(Text(item.Document!.Value), null).Should().BeGreaterThanOrEqualTo(item.Member.Score, "no document is older than the member that names it");
            }
        }
        await writer;
    }

    private static PutDocument Put(string member) => new(Document($"/{member}"), Bytes($"v {member}"));

    private static PageRead Page(int limit, bool descending = false, IndexMember? after = null) => new(Index(), "document", "/", limit, descending, after);

    /// <summary>The answer of the provider, if it offers such reads, and that of the two reads.</summary>
    private async Task<IReadOnlyList<PageContent?>> PagesAsync(PageRead read)
    {
        var steps = await new WithoutPageReads(Provider).ReadPageAsync(read);
        return Provider.Capabilities.HasFlag(StateCapabilities.PageReads) ? [await Provider.ReadPageAsync(read), steps] : [steps];
    }

    private async Task<string> ShownAsync(PageRead read)
    {
        string[] shown = [.. (await PagesAsync(read)).Select(Shown)];
        shown.Should().AllBe(shown[0]);
        return shown[0];
    }

    private static string Shown(PageContent? page) => page is null ? "absent"
        : $"{(page.Items.Count == 0 ? "nothing" : string.Join(", ", page.Items.Select(static item => $"{item.Member.Member} {item.Member.Score} = {(item.Document is { } document ? Text(document.Value) : "none")}")))} of {page.Count}";
}
