using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IStateStore.ListKeysAsync"/>: one order over all partitions, exact across pages.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class StateStoreListingConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IStateStore Store => State.Store;

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(50)]
    [TestCase(150)]
    [TestCase(1_000)]
    public async Task ListKeysAsync_AnyPageSize_ShowsEachKeyOnceInOrder(int pageSize)
    {
        var keys = Enumerable.Range(0, 150).Select(i => $"key {i * 7919 % 1000:000}").Distinct().ToList();
        await Task.WhenAll(keys.Select(key => Store.SetAsync("many", key, key)));
        await Store.SetAsync("other", "key 000 too", 1);

        var (listed, pages) = await AllAsync("many", pageSize);

        listed.Should().Equal(keys.Order(StringComparer.Ordinal));
        pages.Should().Be((keys.Count + pageSize - 1) / pageSize);
    }

    [Test]
    public async Task ListKeysAsync_AnyScript_OrdersByUtf8()
    {
        string[] ordered = ["\0", " ", "!", "A", "Z", "a", "a\0", "a!", "aa", "z", "é", "字", "\uE000", "\uFFFD", "😀", "😁"];
        foreach (var key in ordered.Reverse()) await Store.IncrementFieldAsync("scripts", key, "f");

        (await AllAsync("scripts", 3)).Keys.Should().Equal(ordered);
    }

    [Test]
    public async Task ListKeysAsync_SomeExpired_LeavesThemOutAndGoesOn()
    {
        for (var i = 0; i < 40; i++) await Store.SetAsync("some", $"key {i:00}", i, i is >= 10 and < 30 ? StateExpiry.After(Tick) : StateExpiry.Never);
        await AdvanceAsync(2);

        var (listed, pages) = await AllAsync("some", 5);

        listed.Should().Equal(Enumerable.Range(0, 40).Where(i => i is < 10 or >= 30).Select(i => $"key {i:00}"));
        pages.Should().BeLessThanOrEqualTo(8);
        (await Store.CleanupAsync()).Should().Be(20);
        (await AllAsync("some", 5)).Should().BeEquivalentTo((listed, 4));
    }

    [Test]
    public async Task ListKeysAsync_ChangedBetweenPages_NeitherRepeatsNorSkipsTheOthers()
    {
        for (var i = 0; i < 20; i++) await Store.SetAsync("changing", $"key {i:00}", i);
        var first = await Store.ListKeysAsync("changing", 8);
        await Store.DeleteAsync("changing", "key 07");
        await Store.DeleteAsync("changing", "key 08");
        await Store.SetAsync("changing", "key 00 late", 1);
        await Store.SetAsync("changing", "key 12 late", 1);
        var second = await Store.ListKeysAsync("changing", 100, first.Next);

        first.Items.Should().Equal(Enumerable.Range(0, 8).Select(i => $"key {i:00}"));
        second.Items.Should().Equal(Enumerable.Range(9, 11).Select(i => $"key {i:00}").Append("key 12 late").Order(StringComparer.Ordinal));
        second.Next.Should().BeNull();
    }

    [Test]
    public async Task ListKeysAsync_ValueAndFields_AreListedOnce()
    {
        await Store.SetAsync("mixed", "both", 1);
        await Store.IncrementFieldAsync("mixed", "both", "f");
        await Store.SetAsync("mixed", "both", 2);
        await Store.IncrementFieldAsync("mixed", "fields", "f");
        await Store.SetAsync("mixed", "value", 1);

        (await Store.ListKeysAsync("mixed")).Should().BeEquivalentTo(new StatePage<string>(["both", "fields", "value"], null));
    }

    [Test]
    public async Task ListKeysAsync_NothingThere_IsEmpty()
    {
        (await Store.ListKeysAsync("nothing")).Should().BeEquivalentTo(new StatePage<string>([], null));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(1_001)]
    [TestCase(int.MinValue)]
    public async Task ListKeysAsync_BadPageSize_IsRefused(int pageSize) =>
        (await Store.Invoking(s => s.ListKeysAsync("many", pageSize)).Should().ThrowAsync<ArgumentOutOfRangeException>()).Which.ParamName.Should().Be("pageSize");

    [TestCase("")]
    [TestCase("!")]
    [TestCase("garbage")]
    [TestCase("../../etc/passwd")]
    [TestCase("a b")]
    [TestCase("\0")]
    [TestCase("字")]
    public async Task ListKeysAsync_GarbageCursor_IsRefused(string after)
    {
        await Store.SetAsync("many", "key", 1);

        (await Store.Invoking(s => s.ListKeysAsync("many", 10, after)).Should().ThrowAsync<ArgumentException>()).Which.ParamName.Should().Be("after");
        await Store.Invoking(s => s.ListKeysAsync("many", 10, new string('A', 10_000))).Should().ThrowAsync<ArgumentException>();
    }

    private async Task<(IReadOnlyList<string> Keys, int Pages)> AllAsync(string category, int pageSize)
    {
        var (keys, pages, after) = (new List<string>(), 0, (string?)null);
        do
        {
            var page = await Store.ListKeysAsync(category, pageSize, after);
            page.Items.Count.Should().BeLessThanOrEqualTo(pageSize);
            keys.AddRange(page.Items);
            after = page.Next;
            pages++;
        }
        while (after is not null && pages < 1_000);
        return (keys, pages);
    }
}
