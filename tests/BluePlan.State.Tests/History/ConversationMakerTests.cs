using BluePlan.State.Conformance;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Copies that take long, in a store whose clock can be moved.</summary>
public sealed class ConversationMakerTests : ManagerFixture<InMemoryHarness>
{
    protected override void Configure(BluePlanStateBuilder builder) => builder.Configure(static o => o.History.MaximumMessages = null);

    [Test]
    public async Task MakeAsync_StandsStillUntilPiecesExpire_MakesNothing([Values(2, 3)] int before)
    {
        var id = (await State.History.CreateAsync("ann")).Id;
        await State.History.AppendAsync(id, [.. Enumerable.Range(0, 2_500).Select(static i => HistoryMessage.User($"{i}"))]);
        var commits = 0;
        Provider.OnCommit = async (_, commit) =>
        {
            if (++commits == before) await AdvanceAsync(60);
            return await commit();
        };

        await FluentActions.Invoking(() => State.History.ForkAsync(id, 2_500)).Should().ThrowAsync<StateConflictException>().WithMessage("*hour*");

        (await State.History.ListAsync("ann")).Items.Should().ContainSingle().Which.Id.Should().Be(id);
    }
}
