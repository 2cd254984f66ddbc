using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IStateStore"/>: when a value expires, what slides or ends it, and the clean-up.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class StateStoreExpiryConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IStateStore Store => State.Store;

    [Test]
    public async Task SetAsync_After_ExpiresThen()
    {
        var begin = Now;
        await Store.SetAsync("cache", "page", 1, StateExpiry.After(Tick * 9));
        var expires = (await Store.PeekAsync<int>("cache", "page"))!.ExpiresAt;
        AssertSince(expires, begin, Tick * 9);
        await AdvanceAsync(2);
        var still = await Store.GetAsync<int>("cache", "page");
        await AdvanceAsync(8);

        still!.ExpiresAt.Should().Be(expires, "it does not slide");
        (await Store.GetAsync<int>("cache", "page")).Should().BeNull();
        (await Store.ExistsAsync("cache", "page")).Should().BeFalse();
        (await Store.DeleteAsync("cache", "page")).Should().BeFalse();
        (await Store.ListKeysAsync("cache")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task SetAsync_WithoutExpiry_EndsAnOldOne()
    {
        await Store.SetAsync("cache", "page", 1, StateExpiry.After(Tick));
        await Store.SetAsync("cache", "page", 2);
        await AdvanceAsync(3);

        (await Store.GetAsync<int>("cache", "page"))!.ExpiresAt.Should().BeNull();
        (await Store.CleanupAsync()).Should().Be(0);
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("page");
    }

    [Test]
    public async Task SetAsync_Keep_LeavesTheExpiry()
    {
        await Store.SetAsync("cache", "page", 1, StateExpiry.After(Tick * 10));
        var before = await Store.PeekAsync<int>("cache", "page");
        await AdvanceAsync(1);
        await Store.SetAsync("cache", "page", 2, StateExpiry.Keep);
        await Store.SetAsync("cache", "page", 3, StateExpiry.Keep, StateCondition.IfExists);
        await Store.SetAsync("cache", "new", 1, StateExpiry.Keep);
        await Store.SetAsync("cache", "newer", 1, StateExpiry.Keep, StateCondition.IfAbsent);

        var after = await Store.PeekAsync<int>("cache", "page");
        (after!.Value, after.ExpiresAt).Should().Be((3, before!.ExpiresAt));
        (await Store.PeekAsync<int>("cache", "new"))!.ExpiresAt.Should().BeNull();
        (await Store.PeekAsync<int>("cache", "newer"))!.ExpiresAt.Should().BeNull();
        (await Store.ListKeysAsync("cache")).Items.Should().Equal("new", "newer", "page");
        await Store.Invoking(s => s.SetAsync("cache", "page", 4, StateExpiry.Keep, StateCondition.IfAbsent)).Should().ThrowAsync<StateConflictException>();
        await Store.Invoking(s => s.SetAsync("cache", "absent", 4, StateExpiry.Keep, StateCondition.IfExists)).Should().ThrowAsync<StateConflictException>();
        await AdvanceAsync(10);
        (await Store.PeekAsync<int>("cache", "page")).Should().BeNull();
    }

    [Test]
    public async Task GetAsync_Sliding_SlidesAndPeekDoesNot()
    {
        await Store.SetAsync("cache", "read", 1, StateExpiry.Sliding(Tick * 9));
        await Store.SetAsync("cache", "peeked", 1, StateExpiry.Sliding(Tick * 9));
        for (var i = 0; i < 3; i++)
        {
            await AdvanceAsync(4);
            if (i == 0) (await Store.PeekAsync<int>("cache", "peeked")).Should().NotBeNull();
            var begin = Now;
            AssertSince((await Store.GetAsync<int>("cache", "read"))!.ExpiresAt, begin, Tick * 9);
            await Store.ExistsAsync("cache", "peeked");
        }

        (await Store.PeekAsync<int>("cache", "peeked")).Should().BeNull();
        (await Store.PeekAsync<int>("cache", "read")).Should().NotBeNull();
        (await Store.CleanupAsync()).Should().Be(1);
        await AdvanceAsync(10);
        (await Store.CleanupAsync()).Should().Be(1);
    }

    [Test]
    public async Task GetAsync_SlidingWithAnEnd_EndsThere()
    {
        await Store.SetAsync("cache", "page", 1, StateExpiry.Sliding(Tick * 12, absoluteTimeout: Tick * 18));
        await AdvanceAsync(7);
        (await Store.GetAsync<int>("cache", "page")).Should().NotBeNull();
        await AdvanceAsync(6);
        (await Store.GetAsync<int>("cache", "page")).Should().NotBeNull("it slid");
        await AdvanceAsync(6);

        (await Store.GetAsync<int>("cache", "page")).Should().BeNull();
    }

    [Test]
    public async Task ExpireAsync_There_ChangesOnlyTheExpiry()
    {
        var tag = await Store.SetAsync("cache", "page", 1);
        var begin = Now;
        (await Store.ExpireAsync("cache", "page", StateExpiry.After(Tick * 9))).Should().BeTrue();

        var entry = await Store.PeekAsync<int>("cache", "page");
        entry!.Value.Should().Be(1);
        AssertSince(entry.ExpiresAt, begin, Tick * 9);
        entry.ETag.Should().Be(tag);
        (await Store.ExpireAsync("cache", "page", StateExpiry.Sliding(Tick * 9))).Should().BeTrue();
        await AdvanceAsync(5);
        (await Store.GetAsync<int>("cache", "page")).Should().NotBeNull();
        await AdvanceAsync(5);
        (await Store.GetAsync<int>("cache", "page")).Should().NotBeNull("it slid");
        (await Store.ExpireAsync("cache", "page", StateExpiry.Never)).Should().BeTrue();
        await AdvanceAsync(10);
        (await Store.GetAsync<int>("cache", "page"))!.ExpiresAt.Should().BeNull();
        (await Store.ExpireAsync("cache", "page", StateExpiry.At(Now - Tick))).Should().BeTrue();
        (await Store.GetAsync<int>("cache", "page")).Should().BeNull();
        (await Store.ExpireAsync("cache", "page", StateExpiry.Never)).Should().BeFalse();
        await Store.Invoking(s => s.ExpireAsync("cache", "page", StateExpiry.Keep)).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task ExpireAsync_LargeValue_IsOneSmallCommitAndDisturbsNoWriter()
    {
        var tag = await Store.SetAsync("cache", "page", new string('x', 1_000_000));
        long bytes = 0;
        Provider.ResetCounts();
        Provider.OnCommit = (commit, go) =>
        {
            bytes += commit.Operations.OfType<PutDocument>().Sum(static put => put.Value.Length);
            return go();
        };

        (await Store.ExpireAsync("cache", "page", StateExpiry.Sliding(Tick * 9))).Should().BeTrue();

        (Provider.Reads, Provider.Commits, bytes).Should().Be((0, 1, 0L));
        await Store.SetAsync("cache", "page", "new", condition: StateCondition.IfMatch(tag));
        (await Store.GetAsync<string>("cache", "page"))!.Value.Should().Be("new");
    }

    [Test]
    public async Task ExpireAsync_Expires_IsSweptAfterwards()
    {
        await Store.SetAsync("cache", "page", 1);
        await Store.ExpireAsync("cache", "page", StateExpiry.After(Tick * 4));
        await AdvanceAsync(5);

        (await Store.CleanupAsync()).Should().Be(1);

        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task CleanupAsync_SomeExpired_CountsAndSweepsThem()
    {
        for (var i = 0; i < 40; i++) await Store.SetAsync("cache", $"key {i:00}", i, i % 2 == 0 ? StateExpiry.After(Tick * 14) : StateExpiry.Never);
        await Store.IncrementFieldAsync("cache", "counted", "f");
        await Store.ExpireAsync("cache", "counted", StateExpiry.After(Tick * 14));
        await State.ForTenant("acme").Store.SetAsync("cache", "theirs", 1, StateExpiry.After(Tick * 14));
        (await Store.CleanupAsync()).Should().Be(0);
        await AdvanceAsync(15);
        await Store.SetAsync("cache", "key 00", "again");

        (await Store.CleanupAsync()).Should().Be(21, "19 of ours, the counted one, and the other tenant's");

        (await Store.CleanupAsync()).Should().Be(0);
        (await Store.ListKeysAsync("cache")).Items.Should().HaveCount(21).And.Contain("key 00").And.NotContain("key 02");
        (await Store.GetAsync<string>("cache", "key 00"))!.Value.Should().Be("again");
    }

    [Test]
    public async Task CleanupAsync_AllExpired_LeavesNoKeyBehind()
    {
        for (var i = 0; i < 20; i++)
        {
            await Store.SetAsync($"category {i % 3}", $"key {i}", i, StateExpiry.After(Tick * 9));
            await Store.IncrementFieldAsync($"category {i % 3}", $"key {i}", "f");
        }
        await AdvanceAsync(10);

        (await Store.CleanupAsync()).Should().Be(20);

        (await ExportAsync()).Should().BeEmpty();
    }

    /// <summary>Asserts that a lifetime was counted from some instant between one and now; some servers tell instants to the millisecond, and clocks differ by a fraction of a tick.</summary>
    private void AssertSince(DateTimeOffset? expires, DateTimeOffset begin, TimeSpan lifetime) =>
        expires.Should().BeOnOrAfter(begin + lifetime - Tick / 4).And.BeOnOrBefore(Now + lifetime + Tick / 4);
}
