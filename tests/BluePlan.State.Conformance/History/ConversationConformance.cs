using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary><see cref="IHistoryManager"/>: conversations themselves, their ids, titles, listings, lifetimes and tenants.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class ConversationConformance<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private IHistoryManager History => State.History;

    [Test]
    public async Task CreateAsync_New_IsListedAndEmpty()
    {
        var created = await History.CreateAsync("ann", "Trip to 北京");

        created.Id.Should().MatchRegex("^[0-9a-f]{36}$");
        created.UserId.Should().Be("ann");
        created.Title.Should().Be("Trip to 北京");
        created.CreatedAt.Should().BeCloseTo(Now, Tick * 10);
        created.LastActivityAt.Should().Be(created.CreatedAt);
        (await History.ListAsync("ann")).Items.Should().Equal(created);
        (await History.GetAsync(created.Id)).Should().Be(new ConversationSummary { Id = created.Id, UserId = "ann", Title = "Trip to 北京", CreatedAt = created.CreatedAt });
        (await History.ReadAsync(created.Id)).Should().BeEmpty();
    }

    [Test]
    public async Task CreateAsync_Twice_MakesTwo()
    {
        var (one, two) = (await History.CreateAsync("ann"), await History.CreateAsync("ann"));

        two.Id.Should().NotBe(one.Id);
        one.Title.Should().BeNull();
    }

    [Test]
    public async Task CreateAsync_HostsId_CreatesOnceAndThenReturnsIt()
    {
        var created = await History.CreateAsync("ann", "first", "default");
        await History.AppendAsync(created.Id, [HistoryMessage.User("hi")]);
        var again = await History.CreateAsync("ann", "second", "default");

        created.Id.Should().Be(await History.GetIdAsync("ann", "default"));
        again.Should().Be(created with { LastActivityAt = again.LastActivityAt });
        (await History.ReadAsync(created.Id)).Should().HaveCount(1);
        (await History.ListAsync("ann")).Items.Should().HaveCount(1);
    }

    [Test]
    public async Task CreateAsync_HostsIdByManyAtOnce_IsOneConversation()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => History.CreateAsync("ann", $"{i}", "default"))));

        all.Select(static c => (c.Id, c.Title)).Distinct().Should().HaveCount(1);
        (await History.ListAsync("ann")).Items.Should().HaveCount(1);
    }

    [Test]
    public async Task CreateAsync_SameHostsIdOfTwoUsers_AreTwo()
    {
        var (ann, bob) = (await History.CreateAsync("ann", null, "default"), await History.CreateAsync("bob", null, "default"));
        await History.AppendAsync(ann.Id, [HistoryMessage.User("ann's")]);

        bob.Id.Should().NotBe(ann.Id);
        (await History.ReadAsync(bob.Id)).Should().BeEmpty();
    }

    [Test]
    public async Task GetIdAsync_SameNames_IsAlwaysTheSame()
    {
        (await History.GetIdAsync("ann", "a/b")).Should().Be(await History.GetIdAsync("ann", "a/b")).And.MatchRegex("^[0-9a-f]{36}$");
        new[] { await History.GetIdAsync("ann", "a/b"), await History.GetIdAsync("ann/a", "b"), await History.GetIdAsync("ann", "b"), await History.GetIdAsync("bob", "a/b"), await State.ForTenant("t").History.GetIdAsync("ann", "a/b") }.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task CreateAsync_HostileNames_AreNamesLikeAnyOther()
    {
        foreach (var name in HostNames.Good)
        {
            var created = await History.CreateAsync(name, name, name);
            await History.AppendAsync(created.Id, [HistoryMessage.User("hi") with { Id = name, Name = name, Role = name }]);
        }
        foreach (var name in HostNames.Good)
        {
            var created = (await History.ListAsync(name)).Items.Should().ContainSingle().Which;
            (created.Id, created.UserId, created.Title).Should().Be((await History.GetIdAsync(name, name), name, name));
            var message = (await History.ReadAsync(created.Id)).Should().ContainSingle().Which;
            (message.Id, message.Name, message.Role).Should().Be((name, name, name));
            (await History.DeleteAllAsync(name)).Should().Be(1);
        }
    }

    [Test]
    public async Task AnyCall_BadNames_Throws()
    {
        foreach (var bad in HostNames.Bad)
        {
            await Throws<ArgumentException>(() => History.CreateAsync(bad!));
            if (bad is not null) await Throws<ArgumentException>(() => History.CreateAsync("ann", null, bad));
            await Throws<ArgumentException>(() => History.ListAsync(bad!));
            await Throws<ArgumentException>(() => History.DeleteAllAsync(bad!));
            await Throws<ArgumentException>(() => History.ImportAsync(bad!, Stream.Null));
            FluentActions.Invoking(() => History.SearchUserAsync(bad!, "x")).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => History.GetIdAsync(bad!, "x")).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => History.GetIdAsync("x", bad!)).Should().Throw<ArgumentException>();
        }
        foreach (var title in new[] { "", new string('x', 1_001), "\uD83D" })
        {
            await Throws<ArgumentException>(() => History.CreateAsync("ann", title));
            await Throws<ArgumentException>(() => History.RenameAsync(new('0', 36), title));
            await Throws<ArgumentException>(() => History.ForkAsync(new('0', 36), 1, title));
            await Throws<ArgumentException>(() => History.ImportAsync("ann", Stream.Null, new() { Title = title }));
        }
        foreach (var size in new[] { 0, -1, 1_001 }) await Throws<ArgumentException>(() => History.ListAsync("ann", size));
        foreach (var after in new[] { "", "x", "1", ".", "1.x", $"x.{new string('0', 36)}", $"1.{new string('0', 36)}x" }) await Throws<ArgumentException>(() => History.ListAsync("ann", after: after));
        (await History.ListAsync("ann")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task AnyCall_NullOrEmptyConversationId_Throws()
    {
        foreach (var id in new[] { null, "" })
        {
            await Throws<ArgumentException>(() => History.GetAsync(id!));
            await Throws<ArgumentException>(() => History.RenameAsync(id!, "x"));
            await Throws<ArgumentException>(() => History.AppendAsync(id!, [HistoryMessage.User("x")]));
            await Throws<ArgumentException>(() => History.ReadAsync(id!));
            await Throws<ArgumentException>(() => History.EditAsync(id!, 1, static m => m));
            await Throws<ArgumentException>(() => History.RemoveAsync(id!, MessageRange.All));
            await Throws<ArgumentException>(() => History.ForkAsync(id!, 1));
            await Throws<ArgumentException>(() => History.DeleteAsync(id!));
            await Throws<ArgumentException>(() => History.ExportAsync(id!, Stream.Null));
            FluentActions.Invoking(() => History.SearchAsync(id!, "x")).Should().Throw<ArgumentException>();
        }
    }

    [Test]
    public async Task AnyCall_NoSuchConversation_IsAbsent()
    {
        var gone = await History.CreateAsync("ann");
        await History.DeleteAsync(gone.Id);
        foreach (var id in new[] { gone.Id, "x", "..", "{}", "*", "\0", new string('z', 36), new string('0', 35), new string('0', 37), new string('0', 36), gone.Id.ToUpperInvariant() + " ", new string('0', 10_000), "half \uD83D" })
        {
            (await History.GetAsync(id)).Should().BeNull();
            (await History.RenameAsync(id, "x")).Should().BeFalse();
            (await History.ReadAsync(id)).Should().BeEmpty();
            (await History.EditAsync(id, 1, static m => m)).Should().BeNull();
            (await History.RemoveAsync(id, MessageRange.All)).Should().BeEmpty();
            (await History.DeleteAsync(id)).Should().BeFalse();
            (await History.SearchAsync(id, "x").ToListAsync()).Should().BeEmpty();
            await Throws<StateNotFoundException>(() => History.AppendAsync(id, [HistoryMessage.User("x")]));
            await Throws<StateNotFoundException>(() => History.ForkAsync(id, 1));
            await Throws<StateNotFoundException>(() => History.ExportAsync(id, Stream.Null));
        }
        (await History.ListAsync("ann")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task RenameAsync_There_ChangesTheTitleAlone()
    {
        var created = await History.CreateAsync("ann", "old");
        await History.AppendAsync(created.Id, [HistoryMessage.User("hi")]);
        var before = (await History.ListAsync("ann")).Items[0];
        await AdvanceAsync(1);

        (await History.RenameAsync(created.Id, "new")).Should().BeTrue();
        (await History.ListAsync("ann")).Items.Should().Equal(before with { Title = "new" });
        (await History.RenameAsync(created.Id, null)).Should().BeTrue();
        (await History.GetAsync(created.Id))!.Title.Should().BeNull();
    }

    [Test]
    public async Task RenameAsync_OthersWriteInBetween_TriesAgain()
    {
        var created = await History.CreateAsync("ann", "old");
        Provider.BeforeNextCommit(() => History.RenameAsync(created.Id, "theirs"));

        (await History.RenameAsync(created.Id, "mine")).Should().BeTrue();
        (await History.GetAsync(created.Id))!.Title.Should().Be("mine");
    }

    [Test]
    public async Task AppendAsync_ByAHostWhoseClockIsBehind_TakesNoActivityBack()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [HistoryMessage.User("now")]);
        var listed = (await History.ListAsync("ann")).Items;
        var behind = await JoinAsync(b => b.Decorate((_, inner) => new ClockedProvider(inner, new StoppedClock(Now.AddHours(-1)))));

        (await behind.History.AppendAsync(id, [HistoryMessage.User("an hour ago")]))[0].Sequence.Should().Be(2);

        (await History.ListAsync("ann")).Items.Should().Equal(listed);
    }

    [Test]
    public async Task ListAsync_Pages_ComeByLastActivity()
    {
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add((await History.CreateAsync("ann", $"{i}")).Id);
            await AdvanceAsync(0.1);
        }
        await History.AppendAsync(ids[2], [HistoryMessage.User("hi")]);

        var (titles, after) = (new List<string?>(), (string?)null);
        do
        {
            var page = await History.ListAsync("ann", 3, after);
            page.Items.Count.Should().BeInRange(1, 3);
            titles.AddRange(page.Items.Select(static c => c.Title));
            after = page.Next;
        }
        while (after is not null);
        titles.Should().Equal("2", "6", "5", "4", "3", "1", "0");
        (await History.ListAsync("ann", 7)).Next.Should().BeNull();
        (await History.ListAsync("bob")).Items.Should().BeEmpty();
    }

    [Test]
    public async Task GetAsync_Messages_SaysHowManyAndWhen()
    {
        var created = await History.CreateAsync("ann");
        var at = new DateTimeOffset(2024, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        await History.AppendAsync(created.Id, [HistoryMessage.User("a") with { CreatedAt = at }, HistoryMessage.Assistant("b") with { CreatedAt = at.AddHours(1) }, HistoryMessage.User("c") with { CreatedAt = at.AddHours(3) }]);
        Provider.ResetCounts();

        var summary = (await History.GetAsync(created.Id))!;

        (summary.MessageCount, summary.FirstMessageAt, summary.LastMessageAt, summary.Duration).Should().Be((3, at, at.AddHours(3), TimeSpan.FromHours(3)));
        summary.ExpiresAt.Should().BeNull();
        (Provider.Reads, Provider.Commits).Should().Be((1, 0));
    }

    [Test]
    public async Task DeleteAsync_There_TakesEverything()
    {
        var (kept, created) = (await History.CreateAsync("ann"), await History.CreateAsync("ann", null, "mine"));
        await History.AppendAsync(created.Id, [HistoryMessage.User("a"), HistoryMessage.User("b")]);

        (await History.DeleteAsync(created.Id)).Should().BeTrue();
        (await History.DeleteAsync(created.Id)).Should().BeFalse();
        (await History.ListAsync("ann")).Items.Should().Equal(kept);

        await History.CreateAsync("ann", null, "mine");
        (await History.ReadAsync(created.Id)).Should().BeEmpty();
        (await History.AppendAsync(created.Id, [HistoryMessage.User("new")]))[0].Sequence.Should().Be(1);
    }

    [Test]
    public async Task DeleteAllAsync_ManyOfOneUser_LeavesNothingOfHimAndAllOfOthers()
    {
        for (var i = 0; i < 230; i++) await History.CreateAsync("ann");
        var last = await History.CreateAsync("ann");
        await History.AppendAsync(last.Id, [HistoryMessage.User("a")]);
        var others = new[] { await History.CreateAsync("ann2"), await State.ForTenant("t").History.CreateAsync("ann") };

        (await History.DeleteAllAsync("ann")).Should().Be(231);
        (await History.DeleteAllAsync("ann")).Should().Be(0);
        (await History.ReadAsync(last.Id)).Should().BeEmpty();
        (await History.ListAsync("ann2")).Items.Should().Equal(others[0]);
        (await State.ForTenant("t").History.ListAsync("ann")).Items.Should().Equal(others[1]);
    }

    [Test]
    public async Task DeleteAllAsync_WithTimeout_LeavesNothingInTheStore()
    {
        await StartAsync(static b => b.Configure(static o => o.History.Timeout = TimeSpan.FromDays(1)));
        var created = await History.CreateAsync("ann", null, "x");
        await History.AppendAsync(created.Id, [HistoryMessage.User("a")]);
        await History.DeleteAllAsync("ann");

        (await ExportAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task ForTenant_SameUser_IsAnother()
    {
        var (one, two) = (State.ForTenant("one").History, State.ForTenant("two").History);
        var created = await one.CreateAsync("ann", "secret", "default");
        await one.AppendAsync(created.Id, [HistoryMessage.User("secret")]);

        foreach (var other in new[] { two, History })
        {
            (await other.ListAsync("ann")).Items.Should().BeEmpty();
            (await other.GetAsync(created.Id)).Should().BeNull();
            (await other.ReadAsync(created.Id)).Should().BeEmpty();
            (await other.SearchUserAsync("ann", "secret").ToListAsync()).Should().BeEmpty();
            (await other.SearchAsync(created.Id, "secret").ToListAsync()).Should().BeEmpty();
            (await other.RenameAsync(created.Id, "x")).Should().BeFalse();
            (await other.EditAsync(created.Id, 1, static m => m with { Text = "x" })).Should().BeNull();
            (await other.RemoveAsync(created.Id, MessageRange.All)).Should().BeEmpty();
            (await other.DeleteAsync(created.Id)).Should().BeFalse();
            (await other.DeleteAllAsync("ann")).Should().Be(0);
            await Throws<StateNotFoundException>(() => other.AppendAsync(created.Id, [HistoryMessage.User("x")]));
            await Throws<StateNotFoundException>(() => other.ForkAsync(created.Id, 1));
            await Throws<StateNotFoundException>(() => other.ExportAsync(created.Id, Stream.Null));
        }
        (await one.ReadAsync(created.Id)).Should().ContainSingle().Which.Text.Should().Be("secret");
        (await one.GetAsync(created.Id))!.Title.Should().Be("secret");
    }

    private static async Task Throws<TException>(Func<Task> call) where TException : Exception => await call.Should().ThrowAsync<TException>();
}
