using BluePlan.State.Conformance;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class MaintainTests : ManagerFixture<InMemoryHarness>
{
    [Test]
    public async Task MaintainAsync_OneJobFails_DoesTheOthersAndThrows()
    {
        await ExpireSomethingAsync();
        FailReadsOf("session-expiry");

        await FluentActions.Invoking(() => State.MaintainAsync()).Should().ThrowAsync<StateCorruptionException>().WithMessage("session-expiry is broken.");

        Provider.OnRead = null;
        (await State.MaintainAsync()).Should().BeEquivalentTo(new { Sessions = 1, DataKeys = 0 }, "only the broken job is left to do");
    }

    [Test]
    public async Task MaintainAsync_SeveralJobsFail_TellsOfEach()
    {
        await ExpireSomethingAsync();
        FailReadsOf("session-expiry", "data-expiry");

        var thrown = await FluentActions.Invoking(() => State.MaintainAsync()).Should().ThrowAsync<AggregateException>();

        thrown.Which.InnerExceptions.Select(static e => e.Message).Should().Equal("session-expiry is broken.", "data-expiry is broken.");
    }

    [Test]
    public async Task MaintainAsync_StoreIsAway_EndsAtOnce()
    {
        Provider.OnRead = static (_, _) => throw new StateUnavailableException("Away.", mayHaveBeenWritten: false);
        Provider.ResetCounts();

        await FluentActions.Invoking(() => State.MaintainAsync()).Should().ThrowAsync<StateUnavailableException>();

        Provider.Reads.Should().Be(1);
    }

    private async Task ExpireSomethingAsync()
    {
        await State.Sessions.CreateAsync("alice", 1, new() { Expiry = StateExpiry.After(Tick) });
        await State.Store.SetAsync("drafts", "one", 1, StateExpiry.After(Tick));
        await AdvanceAsync(2);
    }

    private void FailReadsOf(params string[] types) => Provider.OnRead = (reads, read) =>
        types.FirstOrDefault(type => reads.Any(r => r.Key.Type == type)) is { } broken ? throw new StateCorruptionException($"{broken} is broken.") : read();
}
