using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Holds the session manager to exact listings, to deleting all of a user's sessions, and to cleanup.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class SessionListingConformance<THarness> : SessionFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task ListAsync_Some_ShowsTheNewestFirstWithoutIds()
    {
        var first = await Sessions.CreateAsync("ann", new ChatState("first", 1));
        await AdvanceAsync(1);
        var second = await Sessions.CreateAsync("ann", new ChatState("second", 2), new() { Expiry = Sliding(90) });
        await Sessions.CreateAsync("bob", new ChatState("another's", 3));
        await Sessions.SetStatusAsync(first.Id, SessionStatus.Closed);

        var page = await Sessions.ListAsync<ChatState>("ann");

        page.Next.Should().BeNull();
        page.Items.Select(s => (s.Handle, s.UserId, s.Data, s.Status, s.CreatedAt)).Should().Equal(
            (second.Handle, "ann", second.Data, SessionStatus.Active, second.CreatedAt), (first.Handle, "ann", first.Data, SessionStatus.Closed, first.CreatedAt));
        var peeked = await Sessions.PeekAsync<ChatState>(second.Id);
        AssertSame(page.Items[0].LastActivityAt, peeked!.LastActivityAt);
        AssertSame(page.Items[0].ExpiresAt, peeked.ExpiresAt);
        (await Sessions.ListAsync<ChatState>("nobody")).Items.Should().BeEmpty();
    }

    private int ReadsAPage => Provider.Capabilities.HasFlag(StateCapabilities.PageReads) ? 1 : 2;

    [Test]
    public async Task ListAsync_OnePage_IsOneReadOrTwo()
    {
        for (var i = 0; i < 5; i++) await Sessions.CreateAsync("ann", Hello);
        Provider.ResetCounts();

        await Sessions.ListAsync<ChatState>("ann");

        (Provider.Reads, Provider.Commits).Should().Be((ReadsAPage, 0));
    }

    [Test]
    public async Task ListAsync_Pages_ShowEachSessionOnce([Values(1, 7, 45, 46, 1_000)] int pageSize)
    {
        var created = new List<string>();
        for (var batch = 0; batch < 3; batch++)
        {
            created.AddRange((await Task.WhenAll(Enumerable.Range(0, 15).Select(i => Sessions.CreateAsync("ann", new ChatState("many", i))))).Select(s => s.Handle));
            await AdvanceAsync(0.25);
        }

        var listed = await ListAsync("ann", pageSize);

        listed.Should().BeEquivalentTo(created);
        listed.Should().OnlyHaveUniqueItems();
        listed.Take(15).Should().BeEquivalentTo(created.Skip(30));
        listed.Skip(30).Should().BeEquivalentTo(created.Take(15));
    }

    [Test]
    public async Task ListAsync_WritesWhilePaging_RepeatAndMissNothingElse()
    {
        var old = new List<string>();
        for (var i = 0; i < 6; i++) old.Add((await Sessions.CreateAsync("ann", Hello)).Id);
        var first = await Sessions.ListAsync<ChatState>("ann", pageSize: 3);
        await AdvanceAsync(1);
        await Sessions.CreateAsync("ann", Hello);
        (await Sessions.RevokeAsync("ann", first.Items[^1].Handle)).Should().BeTrue();

        var second = await Sessions.ListAsync<ChatState>("ann", pageSize: 3, after: first.Next);

        second.Next.Should().BeNull();
        var handles = new List<string>(first.Items.Concat(second.Items).Select(s => s.Handle));
        handles.Should().OnlyHaveUniqueItems().And.HaveCount(6);
    }

    [Test]
    public async Task ListAsync_Any_DoesNotSlide()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6) });
        await AdvanceAsync(4);
        (await ListAsync("ann")).Should().HaveCount(1);

        await AdvanceAsync(3);

        (await Sessions.GetAsync<ChatState>(session.Id)).Should().BeNull();
    }

    [Test]
    public async Task ListAsync_DeadOnes_DropsThemAndFillsThePage()
    {
        var living = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = i % 3 == 0 ? StateExpiry.Never : Sliding(2) });
            if (i % 3 == 0) living.Add(session.Handle);
        }
        await AdvanceAsync(3);

        var page = await Sessions.ListAsync<ChatState>("ann", pageSize: 9);
        page.Items.Should().HaveCount(9);
        (await ListAsync("ann", pageSize: 9)).Should().BeEquivalentTo(living);

        (await Sessions.CleanupAsync()).Should().Be(0);
        (await Sessions.DeleteAllAsync("ann")).Should().Be(10);
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task ListAsync_ManyDeadBeforeALivingOne_ReachesItInBoundedSteps()
    {
        var live = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.Never });
        await AdvanceAsync(1);
        await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(2) })));
        await AdvanceAsync(3);
        Provider.ResetCounts();

        var first = await Sessions.ListAsync<ChatState>("ann", pageSize: 1);
        first.Items.Should().BeEmpty();
        Provider.Reads.Should().Be(10 * ReadsAPage);

        var second = await Sessions.ListAsync<ChatState>("ann", pageSize: 1, after: first.Next);
        second.Items.Should().ContainSingle().Which.Handle.Should().Be(live.Handle);
        second.Next.Should().BeNull();
    }

    [Test]
    public async Task ListAsync_StoreRefusesToWrite_StillLists()
    {
        await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(2) });
        var live = await Sessions.CreateAsync("ann", Hello, new() { Expiry = StateExpiry.Never });
        await AdvanceAsync(3);
        Provider.OnCommit = (_, _) => throw new StateUnavailableException("Writing is refused.", mayHaveBeenWritten: false);

        (await ListAsync("ann")).Should().Equal(live.Handle);
    }

    [Test]
    public async Task RevokeAsync_Handle_KillsThatSessionOnly()
    {
        await StartAsync(b => b.Configure(o => o.PartitionCount = 1));
        var first = await Sessions.CreateAsync("ann", Hello);
        var second = await Sessions.CreateAsync("ann", Hello);
        var others = await Sessions.CreateAsync("bob", Hello);

        (await Sessions.RevokeAsync("ann", others.Handle)).Should().BeFalse();
        (await Sessions.RevokeAsync("ann", first.Handle)).Should().BeTrue();
        (await Sessions.RevokeAsync("ann", first.Handle)).Should().BeFalse();

        (await Sessions.GetAsync<ChatState>(first.Id)).Should().BeNull();
        (await Sessions.GetAsync<ChatState>(second.Id)).Should().NotBeNull();
        (await Sessions.GetAsync<ChatState>(others.Id)).Should().NotBeNull();
        (await ListAsync("ann")).Should().Equal(second.Handle);
    }

    [Test]
    public async Task DeleteAllAsync_Many_LeavesNothingOfTheUser()
    {
        foreach (var batch in Enumerable.Range(0, 600).Chunk(50))
            await Task.WhenAll(batch.Select(i => Sessions.CreateAsync("ann-the-first", new ChatState("many", i), new() { Expiry = i % 2 == 0 ? null : StateExpiry.Never })));
        var other = await Sessions.CreateAsync("bob", Hello);

        (await Sessions.DeleteAllAsync("ann-the-first")).Should().Be(600);

        (await Sessions.DeleteAllAsync("ann-the-first")).Should().Be(0);
        (await Sessions.GetAsync<ChatState>(other.Id)).Should().NotBeNull();
        (await ReadTextsAsync()).Should().NotBeEmpty().And.NotContain(text => text.Contains("ann-the-first"));
    }

    [Test]
    public async Task DeleteAllAsync_Few_IsOneReadAndOneCommit()
    {
        for (var i = 0; i < 5; i++) await Sessions.CreateAsync("ann", Hello);
        Provider.ResetCounts();

        (await Sessions.DeleteAllAsync("ann")).Should().Be(5);

        (Provider.Reads, Provider.Commits).Should().Be((1, 1));
    }

    [Test]
    public async Task DeleteAllAsync_SomeExpired_CountsTheLiving()
    {
        for (var i = 0; i < 5; i++) await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(i < 3 ? 2 : 9) });
        await AdvanceAsync(3);

        (await Sessions.DeleteAllAsync("ann")).Should().Be(2);

        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task DeleteAllAsync_OneIsRotatedMeanwhile_DeletesItToo()
    {
        await Sessions.CreateAsync("ann", Hello);
        var session = await Sessions.CreateAsync("ann", Hello);
        string? rotated = null;
        Provider.BeforeNextCommit(async () => rotated = await Sessions.RotateAsync(session.Id));

        await Sessions.DeleteAllAsync("ann");

        (await Sessions.GetAsync<ChatState>(rotated!)).Should().BeNull();
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task CleanupAsync_SomeExpired_TakesThemOutAndCounts()
    {
        for (var i = 0; i < 20; i++) await Sessions.CreateAsync($"user-{i}", Hello, new() { Expiry = i < 12 ? Sliding(5) : i < 16 ? Sliding(40) : StateExpiry.Never });
        (await Sessions.CleanupAsync()).Should().Be(0);
        await AdvanceAsync(6);

        (await Sessions.CleanupAsync()).Should().Be(12);

        (await Sessions.CleanupAsync()).Should().Be(0);
        (await ReadTextsAsync()).Where(text => text.Contains("user-11")).Should().BeEmpty();
        for (var i = 12; i < 20; i++) (await ListAsync($"user-{i}")).Should().HaveCount(1);
    }

    [Test]
    public async Task CleanupAsync_SlidOn_LeavesItUntilItExpires()
    {
        var session = await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(6) });
        await AdvanceAsync(4);
        await Sessions.GetAsync<ChatState>(session.Id);
        await AdvanceAsync(3);

        (await Sessions.CleanupAsync()).Should().Be(0);
        (await ListAsync("ann")).Should().Equal(session.Handle);

        await AdvanceAsync(4);
        (await Sessions.CleanupAsync()).Should().Be(1);
        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task CleanupAsync_CreatedAgainMeanwhile_LeavesIt()
    {
        await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(2), HostSessionId = "default" });
        await AdvanceAsync(3);
        Provider.BeforeNextCommit(() => Sessions.CreateAsync("ann", new ChatState("again", 1), new() { Expiry = Sliding(20), HostSessionId = "default" }));

        (await Sessions.CleanupAsync()).Should().Be(0);

        (await ListAsync("ann")).Should().HaveCount(1);
        (await Sessions.PeekAsync<ChatState>(await Sessions.GetIdAsync("ann", "default")))!.Data.Topic.Should().Be("again");
    }

    [Test]
    public async Task ForTenant_SameUsersAndIds_AreApart()
    {
        var (acme, umbrella) = (State.ForTenant("acme").Sessions, State.ForTenant("umbrella").Sessions);
        var ours = await acme.CreateAsync("ann", Hello, new() { Expiry = Sliding(5), HostSessionId = "default" });
        var theirs = await umbrella.CreateAsync("ann", new ChatState("theirs", 1), new() { HostSessionId = "default" });

        ours.Id.Should().NotBe(theirs.Id);
        foreach (var stranger in new[] { umbrella, Sessions })
        {
            (await stranger.GetAsync<ChatState>(ours.Id)).Should().BeNull();
            (await stranger.DeleteAsync(ours.Id)).Should().BeFalse();
            (await stranger.RevokeAsync("ann", ours.Handle)).Should().BeFalse();
            (await stranger.PatchAsync(ours.Id, [])).Should().BeFalse();
            (await stranger.RotateAsync(ours.Id)).Should().BeNull();
        }
        (await umbrella.ListAsync<ChatState>("ann")).Items.Select(s => s.Handle).Should().Equal(theirs.Handle);
        (await Sessions.ListAsync<ChatState>("ann")).Items.Should().BeEmpty();
        (await Sessions.DeleteAllAsync("ann")).Should().Be(0);

        await AdvanceAsync(6);
        (await umbrella.CleanupAsync()).Should().Be(0);
        (await acme.CleanupAsync()).Should().Be(1);
        (await umbrella.GetAsync<ChatState>(theirs.Id))!.Data.Topic.Should().Be("theirs");
    }

    [Test]
    public async Task CleanupAsync_DefaultTenant_CleansAllTenants()
    {
        await State.ForTenant("acme").Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(2) });
        await Sessions.CreateAsync("ann", Hello, new() { Expiry = Sliding(2) });
        await AdvanceAsync(3);

        (await Sessions.CleanupAsync()).Should().Be(2);
        (await ExportAsync()).Should().BeEmpty();
    }
}
