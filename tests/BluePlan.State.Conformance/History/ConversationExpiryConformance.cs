using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IHistoryManager"/> with <see cref="HistoryManagerOptions.Timeout"/>.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ConversationExpiryConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IHistoryManager History => State.History;

    private TimeSpan Timeout => Tick * Ticks;

    // At least a second, which is the shortest that the settings take, and long against what a busy machine loses where time really passes.
    private double Ticks => Harness.TimeStandsStill ? 4 : Math.Ceiling(TimeSpan.FromSeconds(4) / Tick);

    [SetUp]
    public Task UseTimeoutAsync() => StartAsync(b => b.Configure(o => o.History.Timeout = Timeout));

    [Test]
    public async Task AppendAsync_BeforeTheEnd_RenewsEverything()
    {
        var created = await History.CreateAsync("ann", null, "x");
        await AdvanceAsync(Ticks / 2);
        await History.AppendAsync(created.Id, [HistoryMessage.User("a")]);
        var expires = (await History.GetAsync(created.Id))!.ExpiresAt;
        await AdvanceAsync(Ticks * 0.6);

        expires.Should().BeCloseTo(Now + Timeout * 0.4, Timeout * 0.2);
        (await History.ReadAsync(created.Id)).Should().HaveCount(1);
        (await History.ListAsync("ann")).Items.Should().HaveCount(1);
    }

    [Test]
    public async Task ReadingRenamingEditing_BeforeTheEnd_RenewNothing()
    {
        var created = await History.CreateAsync("ann");
        await History.AppendAsync(created.Id, [HistoryMessage.User("a")]);
        await AdvanceAsync(Ticks / 2);
        await History.ReadAsync(created.Id);
        await History.RenameAsync(created.Id, "x");
        await History.EditAsync(created.Id, 1, static m => m with { Pinned = true });
        await AdvanceAsync(Ticks * 0.6);

        (await History.GetAsync(created.Id)).Should().BeNull();
    }

    [Test]
    public async Task AnyCall_Expired_IsAbsent()
    {
        var created = await History.CreateAsync("ann", "x", "x");
        await History.AppendAsync(created.Id, [HistoryMessage.User("a")]);
        await AdvanceAsync(Ticks * 1.1);

        (await History.GetAsync(created.Id)).Should().BeNull();
        (await History.ReadAsync(created.Id)).Should().BeEmpty();
        (await History.SearchUserAsync("ann", "a").ToListAsync()).Should().BeEmpty();
        await FluentActions.Invoking(() => History.AppendAsync(created.Id, [HistoryMessage.User("b")])).Should().ThrowAsync<StateNotFoundException>();
        (await History.ListAsync("ann")).Items.Should().BeEmpty();
        (await History.DeleteAsync(created.Id)).Should().BeFalse();

        (await History.CreateAsync("ann", "y", "x")).Title.Should().Be("y");
        (await History.AppendAsync(created.Id, [HistoryMessage.User("b")]))[0].Sequence.Should().Be(1);
    }

    [Test]
    public async Task ListAsync_Expired_TakesThemOutOfTheStore()
    {
        var (dead, alive) = (await History.CreateAsync("ann", "dead"), await History.CreateAsync("ann", "alive"));
        await AdvanceAsync(Ticks * 0.7);
        await History.AppendAsync(alive.Id, [HistoryMessage.User("a")]);
        await AdvanceAsync(Ticks * 0.5);

        (await History.ListAsync("ann")).Items.Should().ContainSingle().Which.Id.Should().Be(alive.Id);
        Provider.ResetCounts();
        (await History.ListAsync("ann")).Items.Should().ContainSingle();
        Provider.Commits.Should().Be(0, "the first listing cleaned up after {0}", dead.Id);
        (await History.CleanupAsync()).Should().Be(0);
    }

    [Test]
    public async Task ListAsync_ExpiredWhileTheStoreRefusesToWrite_ListsTheLiving()
    {
        await History.CreateAsync("ann", "dead");
        await AdvanceAsync(Ticks * 1.1);
        var alive = await History.CreateAsync("ann", "alive");
        Provider.OnCommit = static (_, _) => throw new StateUnavailableException("Read only.", mayHaveBeenWritten: false);

        (await History.ListAsync("ann")).Items.Should().ContainSingle().Which.Id.Should().Be(alive.Id);
    }

    [Test]
    public async Task CleanupAsync_Expired_CountsAndLeavesTheLiving()
    {
        var t = State.ForTenant("t").History;
        for (var i = 0; i < 5; i++) await History.AppendAsync((await History.CreateAsync($"user {i}/%")).Id, [HistoryMessage.User("a")]);
        await t.CreateAsync("user 0/%");
        var alive = await History.CreateAsync("ann");
        await AdvanceAsync(Ticks * 0.7);
        await History.AppendAsync(alive.Id, [HistoryMessage.User("a")]);
        await AdvanceAsync(Ticks * 0.5);

        (await t.CleanupAsync()).Should().Be(1, "a tenant cleans up after itself");
        (await History.CleanupAsync()).Should().Be(5);
        (await History.CleanupAsync()).Should().Be(0);
        (await History.ListAsync("ann")).Items.Should().ContainSingle();
        (await History.ReadAsync(alive.Id)).Should().HaveCount(1);
        await History.DeleteAllAsync("ann");
        (await ExportAsync()).Should().BeEmpty("nothing of the dead is left");
    }

    [Test]
    public async Task AppendAsync_TimeoutIsSwitchedOff_LivesOn()
    {
        var created = await History.CreateAsync("ann");
        await History.AppendAsync(created.Id, [HistoryMessage.User("a")]);
        var forever = (await JoinAsync()).History;
        (await forever.AppendAsync(created.Id, [HistoryMessage.User("b")])).Should().HaveCount(1);
        await AdvanceAsync(Ticks * 1.1);

        (await forever.ReadAsync(created.Id)).Should().HaveCount(2);
        (await forever.GetAsync(created.Id))!.ExpiresAt.Should().BeNull();
        (await forever.CleanupAsync()).Should().Be(0);
        (await forever.ListAsync("ann")).Items.Should().HaveCount(1);
    }

    [Test]
    public async Task ForkAndImport_WithTimeout_ExpireToo()
    {
        var created = await History.CreateAsync("ann");
        await History.AppendAsync(created.Id, [HistoryMessage.User("a")]);
        var fork = await History.ForkAsync(created.Id, 1);
        (await History.GetAsync(fork.Id))!.ExpiresAt.Should().BeCloseTo(Now + Timeout, Timeout * 0.2);
        await AdvanceAsync(Ticks * 1.1);

        (await History.ReadAsync(fork.Id)).Should().BeEmpty();
        (await History.CleanupAsync()).Should().Be(2);
    }
}
