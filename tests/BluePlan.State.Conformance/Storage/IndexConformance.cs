using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Indexes: members ordered by score and, among equals, by their UTF-8 bytes.</summary>
public abstract class IndexConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Set_New_IsReadInOrder()
    {
        (await CommitAsync(new SetScores(Index(), [new("b", 2), new("c", -3), new("a", 2), new("d", 0)])))[0].Should().Be(default(OperationResult));

        var content = await ReadAsync(new IndexRead(Index()));

        content!.Members.Should().Equal(new("c", -3), new("d", 0), new("a", 2), new("b", 2));
        content.Count.Should().Be(4);
        content.Expiry.Should().Be(StateExpiry.Never);
    }

    [Test]
    public async Task Set_There_MovesTheMember()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 1), new("b", 2), new("c", 3)]));

        await CommitAsync(new SetScores(Index(), [new("a", 9), new("d", 0), new("b", 2)]));

        await IndexShouldBe(new("d", 0), new("b", 2), new("c", 3), new("a", 9));
    }

    [Test]
    public async Task Set_OnlyRaise_LeavesScoresThatAreAsHigh()
    {
        await CommitAsync(new SetScores(Index(), [new("low", 1), new("same", 5), new("high", 9), new("negative", -9)]));

        await CommitAsync(new SetScores(Index(), [new("low", 5), new("same", 5), new("high", 5), new("new", -5), new("negative", -5)], onlyRaise: true));

        await IndexShouldBe(new("negative", -5), new("new", -5), new("low", 5), new("same", 5), new("high", 9));
    }

    [Test]
    public async Task Increment_AbsentAndThere_Adds()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 10), new("b", 20)]));

        (await CommitAsync(new IncrementScores(Index(), [new("a", 15), new("c", -1), new("b", 0), new("zero", 0)])))[0].Should().Be(default(OperationResult));

        await IndexShouldBe(new("c", -1), new("zero", 0), new("b", 20), new("a", 25));
    }

    [TestCase(StateLimits.MaximumNumber - 1, 1, 1)]
    [TestCase(StateLimits.MaximumNumber, 0, StateLimits.MaximumNumber)]
    [TestCase(-StateLimits.MaximumNumber + 1, -1, -1)]
    public async Task Increment_UpToTheLimit_IsExactAndBeyondThrows(long start, long upTo, long beyond)
    {
        await CommitAsync(new SetScores(Index(), [new("m", start), new("other", 0)]));
        await CommitAsync(new IncrementScores(Index(), [new("m", upTo)]));
        var before = StatePicture.Of(await ReadAsync(Index()));
        (await ReadAsync(new IndexRead(Index(), ["m"])))!.Members.Should().Equal(new IndexMember("m", start + upTo));

        await FluentActions.Awaiting(() => TryCommitAsync(new IncrementScores(Index(), [new("other", 1), new("m", beyond), new("new", 1)]))).Should().ThrowAsync<OverflowException>();

        StatePicture.Of(await ReadAsync(Index())).Should().Be(before);
    }

    [Test]
    public async Task Scores_BesideTheLimits_AreToldApart()
    {
        const long Limit = StateLimits.MaximumNumber;
        IndexMember[] members = [new("f", -Limit), new("e", -Limit + 1), new("d", -1), new("c", 1), new("b", Limit - 1), new("a", Limit)];
        await CommitAsync(new SetScores(Index(), members));

        await IndexShouldBe(members);
        (await MembersAsync(new IndexRead(Index(), Limit, Limit))).Should().Equal("a");
        (await MembersAsync(new IndexRead(Index(), Limit - 1, Limit - 1))).Should().Equal("b");
        (await MembersAsync(new IndexRead(Index(), long.MinValue, -Limit))).Should().Equal("f");
        (await CommitAsync(new RemoveScores(Index(), Limit, long.MaxValue)))[0].Count.Should().Be(1);
        (await MembersAsync(new IndexRead(Index()))).Should().Equal("f", "e", "d", "c", "b");
    }

    [Test]
    public async Task Remove_Members_CountsThoseThatWereThere()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 1), new("b", 2), new("c", 3)]));

        (await CommitAsync(new RemoveMembers(Index(), ["c", "x", "a"])))[0].Should().Be(new OperationResult(Count: 2));
        await IndexShouldBe(new IndexMember("b", 2));
        (await CommitAsync(new RemoveMembers(Index("absent"), ["a"])))[0].Should().Be(default(OperationResult));
        (await ReadAsync(Index("absent"))).Should().BeNull("removing from an absent index makes none");
    }

    [Test]
    public async Task Remove_MembersOnlyIfAll_NeedsEveryOne()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 1), new("b", 2), new("c", 3)]));

        (await Provider.CommitAsync(new(new PutDocument(Document(), Bytes("v")), new RemoveMembers(Index(), ["a", "x"], onlyIfAll: true)), CancellationToken.None)).Conflict.Should().Be(new CommitConflict(1, default));
        (await Provider.CommitAsync(new(new RemoveMembers(Index("absent"), ["a"], onlyIfAll: true)), CancellationToken.None)).Conflict.Should().Be(new CommitConflict(0, default));
        await IndexShouldBe(new("a", 1), new("b", 2), new("c", 3));
        (await ReadAsync(Document())).Should().BeNull("nothing of a commit happens when a condition is not met");

        (await CommitAsync(new RemoveMembers(Index(), ["c", "a"], onlyIfAll: true)))[0].Should().Be(new OperationResult(Count: 2));
        await IndexShouldBe(new IndexMember("b", 2));
    }

    [Test]
    public async Task Remove_ManyMembersOnlyIfAll_NeedsEveryOne()
    {
        IndexMember[] members = [.. Enumerable.Range(0, 9_000).Select(static number => new IndexMember($"member {number}", number))];
        await CommitAsync(new SetScores(Index(), members));
        string[] names = [.. members.Select(static member => member.Member)];

        (await Provider.CommitAsync(new(new RemoveMembers(Index(), [.. names, "one more"], onlyIfAll: true)), CancellationToken.None)).IsCommitted.Should().BeFalse();
        (await CommitAsync(new RemoveMembers(Index(), names, onlyIfAll: true)))[0].Count.Should().Be(9_000);
    }

    [TestCase(2, 4, new[] { "a", "e" }, 3)]
    [TestCase(2, 2, new[] { "a", "c", "d", "e" }, 1)]
    [TestCase(4, 2, new[] { "a", "b", "c", "d", "e" }, 0)]
    [TestCase(long.MinValue, 1, new[] { "b", "c", "d", "e" }, 1)]
    [TestCase(6, long.MaxValue, new[] { "a", "b", "c", "d", "e" }, 0)]
    public async Task Remove_Scores_TakesBothEnds(long minimum, long maximum, string[] left, int removed)
    {
        await CommitAsync(new SetScores(Index(), [new("a", 1), new("b", 2), new("c", 3), new("d", 4), new("e", 5)]));

        (await CommitAsync(new RemoveScores(Index(), minimum, maximum)))[0].Should().Be(new OperationResult(Count: removed));

        (await MembersAsync(new IndexRead(Index()))).Should().Equal(left);
    }

    [Test]
    public async Task Remove_TheLast_TakesTheIndexAndItsExpiryWithIt()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 1)]), new ExpireKey(Index(), StateExpiry.After(Ticks(1000))));
        await CommitAsync(new RemoveMembers(Index(), ["a"]));
        (await ReadAsync(Index())).Should().BeNull();
        await CommitAsync(new CheckKey(Index(), StateCondition.IfAbsent), new SetScores(Index(), [new("b", 1)]));
        (await ReadAsync(Index()))!.Expiry.Should().Be(StateExpiry.Never);

        await CommitAsync(new RemoveScores(Index(), long.MinValue, long.MaxValue));

        (await ReadAsync(Index())).Should().BeNull();
        (await CommitAsync(new RemoveScores(Index(), long.MinValue, long.MaxValue)))[0].Count.Should().Be(0);
        (await CommitAsync(new DeleteKey(Index())))[0].Count.Should().Be(0);
    }

    [Test]
    public async Task Order_AmongEquals_IsThatOfUtf8Bytes()
    {
        string[] ordered =
        [
            "\0", "\n", "!", "-1", "1", "10", "2", "A", "B", "Z", "a", "a\0", "a/", "aa", "b", "e\u0301", "z", "\u00df", "\u00e9", "\u00ff", "\u0100", "\u4e2d", "\ufffd", "\U0001f600", "\U0001f601",
        ];
        await CommitAsync(new SetScores(Index(), [.. ordered.OrderBy(static member => member.GetHashCode(StringComparison.Ordinal)).Select(static member => new IndexMember(member, 7))]));

        (await MembersAsync(new IndexRead(Index()))).Should().Equal(ordered);
        (await MembersAsync(new IndexRead(Index(), descending: true))).Should().Equal(ordered.Reverse());
        (await MembersAsync(new IndexRead(Index(), after: new("Z", 7), limit: 2))).Should().Equal("a", "a\0");
        (await MembersAsync(new IndexRead(Index(), after: new("\ue000", 7)))).Should().Equal("\ufffd", "\U0001f600", "\U0001f601");
        (await MembersAsync(new IndexRead(Index(), after: new("\U0001f600", 7), descending: true, limit: 2))).Should().Equal("\ufffd", "\u4e2d");
    }

    [Test]
    public async Task Read_ScoresLimitsAndDirections_AnswerTheirPart()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 1), new("b", 2), new("c", 2), new("d", 2), new("e", 3)]));

        (await MembersAsync(new IndexRead(Index(), 2))).Should().Equal("b", "c", "d", "e");
        (await MembersAsync(new IndexRead(Index(), maximum: 2))).Should().Equal("a", "b", "c", "d");
        (await MembersAsync(new IndexRead(Index(), 2, 2))).Should().Equal("b", "c", "d");
        (await MembersAsync(new IndexRead(Index(), 2, 2, descending: true))).Should().Equal("d", "c", "b");
        (await MembersAsync(new IndexRead(Index(), 3, 2))).Should().BeEmpty();
        (await MembersAsync(new IndexRead(Index(), 4))).Should().BeEmpty();
        (await MembersAsync(new IndexRead(Index(), limit: 2))).Should().Equal("a", "b");
        (await MembersAsync(new IndexRead(Index(), limit: 2, descending: true))).Should().Equal("e", "d");
        (await MembersAsync(new IndexRead(Index(), limit: 0))).Should().BeEmpty();
        (await ReadAsync(new IndexRead(Index("absent"), limit: 0))).Should().BeNull();
    }

    [Test]
    public async Task Read_AfterAPlace_BeginsBehindItAlsoWhenItIsGone()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 1), new("b", 2), new("c", 2), new("d", 2), new("e", 3)]));

        (await MembersAsync(new IndexRead(Index(), after: new("b", 2)))).Should().Equal("c", "d", "e");
        (await MembersAsync(new IndexRead(Index(), after: new("b", 2), descending: true))).Should().Equal("a");
        (await MembersAsync(new IndexRead(Index(), after: new("bb", 2)))).Should().Equal("c", "d", "e");
        (await MembersAsync(new IndexRead(Index(), after: new("bb", 2), descending: true))).Should().Equal("b", "a");
        (await MembersAsync(new IndexRead(Index(), after: new("zz", 1)))).Should().Equal("b", "c", "d", "e");
        (await MembersAsync(new IndexRead(Index(), after: new("a", 2), limit: 2))).Should().Equal("b", "c");
        (await MembersAsync(new IndexRead(Index(), after: new("", 2)))).Should().Equal("b", "c", "d", "e");
        (await MembersAsync(new IndexRead(Index(), after: new("", 2), descending: true))).Should().Equal("a");
        (await MembersAsync(new IndexRead(Index(), 2, 2, after: new("b", 2)))).Should().Equal("c", "d");
        (await MembersAsync(new IndexRead(Index(), 2, 2, after: new("x", 9), descending: true))).Should().Equal("d", "c", "b");
        (await MembersAsync(new IndexRead(Index(), 3, after: new("a", 1)))).Should().Equal("e");
        (await MembersAsync(new IndexRead(Index(), after: new("e", 3)))).Should().BeEmpty();
        (await MembersAsync(new IndexRead(Index(), after: new("a", -100)))).Should().HaveCount(5);
        (await MembersAsync(new IndexRead(Index(), after: new("a", 1), limit: 0))).Should().BeEmpty();
    }

    [Test]
    public async Task Read_PageByPage_ShowsEachMemberOnce([Values] bool descending)
    {
        IndexMember[] members = [.. Enumerable.Range(0, 500).Select(static i => new IndexMember($"m{i * 7919 % 500:d3}", i % 11))];
        await CommitAsync(new SetScores(Index(), members));

        var pages = new List<IndexMember>();
        for (IndexMember? after = null; pages.Count <= members.Length;)
        {
            var page = (await ReadAsync(new IndexRead(Index(), limit: 7, descending: descending, after: after)))!;
            page.Count.Should().Be(500);
            if (page.Members.Count == 0) break;
            pages.AddRange(page.Members);
            after = page.Members[^1];
        }

        pages.Should().Equal((descending ? members.OrderDescending() : members.Order()).ToArray());
    }

    [Test]
    public async Task Read_SomeMembers_AnswersTheirScoresInOrder()
    {
        await CommitAsync(new SetScores(Index(), [new("a", 3), new("b", 2), new("c", 2), new("d", 0)]));

        var content = await ReadAsync(new IndexRead(Index(), ["a", "x", "c", "b"]));

        content!.Members.Should().Equal(new IndexMember("b", 2), new("c", 2), new("a", 3));
        content.Count.Should().Be(4);
        (await ReadAsync(new IndexRead(Index(), [])))!.Should().BeEquivalentTo(new { Count = 4, Members = Array.Empty<IndexMember>() });
        (await ReadAsync(new IndexRead(Index("absent"), ["a"]))).Should().BeNull();
    }

    [Test]
    public async Task Set_TenThousand_AreReadIncrementedAndRemoved()
    {
        IndexMember[] members = [.. Enumerable.Range(0, 10_000).Select(static i => new IndexMember($"m{i:d5}", i))];
        await CommitAsync(new SetScores(Index(), members));
        await CommitAsync(new IncrementScores(Index(), members));

        (await ReadAsync(new IndexRead(Index())))!.Members.Should().Equal(members.Select(static member => member with { Score = 2 * member.Score }));
        (await ReadAsync(new IndexRead(Index(), [.. members.Select(static member => member.Member)])))!.Members.Should().HaveCount(10_000);
        (await CommitAsync(new RemoveMembers(Index(), [.. members.Take(9_000).Select(static member => member.Member)])))[0].Count.Should().Be(9_000);
        (await CommitAsync(new RemoveScores(Index(), 0, 19_996)))[0].Count.Should().Be(999);
        await IndexShouldBe(new IndexMember("m09999", 19_998));
    }

    private async Task<IEnumerable<string>> MembersAsync(IndexRead read)
    {
        var content = await ReadAsync(read);
        content!.Count.Should().Be((await ReadAsync(new IndexRead(read.Key)))!.Members.Count, "every read tells the count of the whole index");
        return content.Members.Select(static member => member.Member);
    }

    private async Task IndexShouldBe(params IndexMember[] members) =>
        StatePicture.Of(await ReadAsync(Index())).Should().Be(StatePicture.Of(new IndexContent(members, members.Length)));
}
