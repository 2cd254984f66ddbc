using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Unions: the highest sums over several indexes, and how many distinct members these have.</summary>
public abstract class UnionConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task Unite_Several_SumsEachMember()
    {
        await CommitAsync(new SetScores(Index("mon"), [new("a", 5), new("b", 3)]), new SetScores(Index("tue"), [new("b", 4), new("c", 7)]), new SetScores(Index("wed"), [new("a", -1), new("d", -9)]));

        var union = await UniteAsync(["mon", "tue", "wed"]);

        union!.Members.Should().Equal(new("c", 7), new("b", 7), new("a", 4), new("d", -9));
        union.Count.Should().Be(4);
        union.Expiry.Should().Be(StateExpiry.Never);
    }

    [Test]
    public async Task Unite_Limit_AnswersTheHighestAndTheWholeCount()
    {
        await CommitAsync(new SetScores(Index("mon"), [new("a", 5), new("b", 3)]), new SetScores(Index("tue"), [new("b", 3), new("c", 1)]));

        (await UniteAsync(["mon", "tue"], 1))!.Should().BeEquivalentTo(new { Members = new IndexMember[] { new("b", 6) }, Count = 3 });
        (await UniteAsync(["mon", "tue"], 0))!.Should().BeEquivalentTo(new { Members = Array.Empty<IndexMember>(), Count = 3 });
    }

    [Test]
    public async Task Unite_Ties_AreInTheDescendingOrderOfAnIndex()
    {
        await CommitAsync(new SetScores(Index("x"), [new("a", 1), new("B", 1), new("é", 1), new("\uFFFD", 1), new("😀", 1)]), new SetScores(Index("y"), [new("b", 1), new("z", 2)]));

        (await UniteAsync(["x", "y"]))!.Members.Select(static member => member.Member).Should().Equal("z", "😀", "\uFFFD", "é", "b", "a", "B");
        (await UniteAsync(["x", "y"], 3))!.Members.Select(static member => member.Member).Should().Equal("z", "😀", "\uFFFD");
    }

    [Test]
    public async Task Unite_SomeAbsent_LeavesThemOut()
    {
        await CommitAsync(new SetScores(Index("there"), [new("a", 5)]));

        (await UniteAsync(["absent", "there", "gone"]))!.Members.Should().Equal(new IndexMember("a", 5));
        (await UniteAsync(["absent", "gone"])).Should().BeNull();
        (await UniteAsync(["absent"], 0)).Should().BeNull();
    }

    [Test]
    public async Task Unite_One_IsItsDescendingRead()
    {
        await CommitAsync(new SetScores(Index("x"), [new("a", 5), new("b", 5), new("c", 9)]));

        (await UniteAsync(["x"]))!.Members.Should().Equal((await ReadAsync(new IndexRead(Index("x"), descending: true)))!.Members);
    }

    [Test]
    public async Task Unite_ChangesNothing()
    {
        await CommitAsync(new SetScores(Index("x"), [new("a", 5)]), new SetScores(Index("y"), [new("a", 6)]), new ExpireKey(Index("y"), StateExpiry.After(Ticks(1000))));
        var before = await PictureAsync([Index("x"), Index("y")]);

        (await UniteAsync(["y", "x"]))!.Expiry.Should().Be(StateExpiry.Never, "a union expires with none of its indexes");

        (await PictureAsync([Index("x"), Index("y")])).Should().Be(before);
    }

    [Test]
    public async Task Unite_ManyInAllPartitions_AgreesWithARecount()
    {
        var random = new Random(20260301);
        for (var partition = 0; partition < PartitionCount; partition++)
        {
            var days = Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 200).Select(_ => $"user{random.Next(300)}").Distinct()
                .Select(user => new IndexMember(user, random.Next(-5, 1_000_000))).ToArray()).ToArray();
            await CommitAsync([.. days.Select((day, i) => new SetScores(Index($"day{i}", partition), day))]);
            IndexMember[] expected = [.. days.SelectMany(static day => day).GroupBy(static member => member.Member).Select(static user => new IndexMember(user.Key, user.Sum(static member => member.Score))).OrderDescending()];

            var union = await ReadAsync(new UnionRead([.. Enumerable.Range(0, 6).Select(i => Index($"day{i}", partition))], 25));

            union!.Members.Should().Equal(expected.Take(25));
            union.Count.Should().Be(expected.Length);
        }
    }

    [Test]
    public async Task Unite_BesideOtherReads_IsAnsweredInItsPlace()
    {
        await CommitAsync(new SetScores(Index("x"), [new("a", 5)]), new PutDocument(Document(), Bytes("d")));

        var contents = await Provider.ReadAsync([new DocumentRead(Document()), new UnionRead([Index("x"), Index("y")]), new UnionRead([Index("y")]), new IndexRead(Index("x"))], CancellationToken.None);

        contents.Select(static content => content?.GetType()).Should().Equal(typeof(DocumentContent), typeof(IndexContent), null, typeof(IndexContent));
    }

    private Task<IndexContent?> UniteAsync(string[] ids, int limit = int.MaxValue) => ReadAsync(new UnionRead([.. ids.Select(static id => Index(id))], limit));
}
