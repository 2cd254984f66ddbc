using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Copies of conversations.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class HistoryForkConformance<THarness> : HistoryTransferFixture<THarness> where THarness : StateProviderHarness, new()
{
    [Test]
    public async Task ForkAsync_UpToAMessage_IsACopyThatGoesItsOwnWay()
    {
        var source = await MakeAsync();
        await History.RemoveAsync(source.Id, MessageRange.Only(2));
        await AdvanceAsync(1);

        var fork = await History.ForkAsync(source.Id, 5, "try again");

        fork.Should().Be(new Conversation { Id = fork.Id, UserId = "ann", Title = "try again", CreatedAt = fork.CreatedAt, LastActivityAt = fork.CreatedAt });
        fork.CreatedAt.Should().BeAfter(source.CreatedAt);
        (await History.ReadAsync(fork.Id)).Should().Equal((await History.ReadAsync(source.Id)).Where(static m => m.Sequence <= 5));
        (await History.ListAsync("ann")).Items.Select(static c => c.Id).Should().Equal(fork.Id, source.Id);

        (await History.AppendAsync(fork.Id, [HistoryMessage.User("x")]))[0].Sequence.Should().Be(6);
        await History.EditAsync(fork.Id, 1, static m => m with { Text = "changed" });
        (await History.ReadAsync(source.Id))[0].Text.Should().Be("rules");
        await History.DeleteAsync(source.Id);
        (await History.ReadAsync(fork.Id)).Should().HaveCount(5);
    }

    [Test]
    public async Task ForkAsync_BetweenCallAndResult_HasTheCallOpen()
    {
        var source = await MakeAsync();
        var fork = await History.ForkAsync(source.Id, 3);

        (await History.ReadAsync(fork.Id)).Select(static m => m.Sequence).Should().Equal(1, 2, 3);
        fork.Title.Should().Be(source.Title);
        await History.AppendAsync(fork.Id, [HistoryMessage.Tool("x", "other"), HistoryMessage.Tool("y", "other")]);
        HistoryChecks.ShouldBeWhole(await History.ReadAsync(fork.Id));
        (await History.ReadAsync(fork.Id)).Should().HaveCount(5);
    }

    [Test]
    public async Task ForkAsync_NothingOrEverything_Works()
    {
        var source = await MakeAsync();

        (await History.ReadAsync((await History.ForkAsync(source.Id, 0)).Id)).Should().BeEmpty();
        (await History.ReadAsync((await History.ForkAsync(source.Id, long.MaxValue)).Id)).Should().Equal(await History.ReadAsync(source.Id));
        await FluentActions.Invoking(() => History.ForkAsync(source.Id, -1)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task ForkAsync_Long_IsSeenWholeOrNotAtAll()
    {
        var id = (await History.CreateAsync("ann")).Id;
        await History.AppendAsync(id, [.. Enumerable.Range(0, 2_500).Select(static i => HistoryMessage.User($"{i}"))]);
        var commits = 0;
        Provider.OnCommit = (_, commit) => ++commits == 3 ? throw new StateUnavailableException("Gone.", mayHaveBeenWritten: false) : commit();
        await FluentActions.Invoking(() => History.ForkAsync(id, 2_500)).Should().ThrowAsync<StateUnavailableException>();
        (await History.ListAsync("ann")).Items.Should().HaveCount(1);

        var fork = await History.ForkAsync(id, 2_400);

        commits.Should().Be(6);
        (await History.ReadAsync(fork.Id)).Should().Equal((await History.ReadAsync(id)).Take(2_400));
        (await History.GetAsync(fork.Id))!.ExpiresAt.Should().BeNull();
    }

    [Test]
    public async Task ForkAsync_DeletedMeanwhile_IsNotFoundAndCopiesNothing()
    {
        var source = await MakeAsync();
        DeleteAfterTheNextRead(source.Id);

        await FluentActions.Invoking(() => History.ForkAsync(source.Id, 3)).Should().ThrowAsync<StateNotFoundException>();

        (await History.ListAsync("ann")).Items.Should().BeEmpty();
    }
}
