using FluentAssertions;
using NUnit.Framework;
using static BluePlan.State.Consistency.OperationAction;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
public sealed class LockCheckerTests
{
    // Two holders, one after the other; each claims, reads and counts.
    private static Histories Lock => new Histories(ModelKind.Lock)
        .Ok(Acquire, 0, 1, [10_000_000], 7).Ok(CompareAndSet, 1.1, 1.2, [1, 0, 7]).Ok(Read, 1.3, 1.4, [], 1)
            .Ok(Write, 1.5, 1.6, [2, 7, 1]).Ok(Hold, 1, 2, [7]).Ok(Release, 2, 2.1, [7], 1)
        .Ok(Acquire, 0.5, 3, [10_000_000], 8).Ok(CompareAndSet, 3.1, 3.2, [3, 2, 8]).Ok(Read, 3.3, 3.4, [], 3)
            .Ok(Write, 3.5, 3.6, [4, 8, 2]).Ok(Hold, 3, 4, [8]).Ok(Release, 4, 4.1, [8], 1);

    [Test]
    public void Check_HoldersInTurn_AreFine() => Lock.Kinds().Should().BeEmpty();

    [Test]
    public void Check_HolderThatWasStoppedIsRefused_IsFine() => Lock.Add(Write, Outcome.Failed, 3.25, 3.3, [9, 7, 1]).Kinds()
        .Should().BeEmpty();

    [Test]
    public void Check_WaiterGivesUpWhileOthersHoldIt_IsFine() => Lock.Add(Acquire, Outcome.Refused, 1, 3.5, [2_500_000]).Kinds()
        .Should().BeEmpty();

    [Test]
    public void Check_TwoHoldAtOnce_IsFound() => Lock.Ok(Acquire, 3, 3.5, [0], 9).Ok(Hold, 3.5, 5, [9]).Kinds()
        .Should().Equal("two holders");

    [TestCase(false)]
    [TestCase(true)]
    public void Check_TwoHoldAtOnceInAWindowOrAcrossAStep_IsFine(bool step) =>
        Lock.Ok(Acquire, 3, 3.5, [0], 9).Ok(Hold, 3.5, 5, [9])
            .Kinds(step ? new() { ClockSteps = [Histories.Time(3.4, 3.4)] } : new() { Windows = [Histories.Time(3.9, 4.5)], LosesAcknowledged = true })
            .Should().BeEmpty();

    [Test]
    public void Check_LaterHolderHasALowerToken_IsFound() => Lock.Ok(Acquire, 5, 6, [0], 6).Kinds().Should().Equal("token fell");

    [Test]
    public void Check_TokenTwice_IsFound() => Lock.Ok(Acquire, 5, 6, [0], 8).Kinds().Should().Equal("duplicate token");

    [Test]
    public void Check_EarlierHolderWritesAfterALaterOne_IsFound() => Lock.Ok(Write, 5, 6, [9, 7, 3]).Kinds().Should().Equal("fence broken");

    [Test]
    public void Check_SectionsReachOneCount_IsALostUpdate() => Lock.Ok(Acquire, 5, 6, [0], 9).Ok(Write, 6.1, 6.2, [5, 9, 2]).Kinds()
        .Should().Equal("lost update");

    [Test]
    public void Check_HolderReadsAnOlderValue_IsFound() => Lock.Ok(Read, 5, 6, [], 2).Kinds().Should().Equal("not linearizable");

    [Test]
    public void Check_WaiterGivesUpBesideAFreeLock_IsFound() => Lock.Add(Acquire, Outcome.Refused, 3, 20, [17_000_000]).Kinds()
        .Should().Equal("sleeper beside a free lock");

    [Test]
    public void Check_ConcurrentAcquisitions_MayHaveTokensInAnyOrder() => new Histories(ModelKind.Lock)
        .Ok(Acquire, 0, 3, [0], 9).Ok(Acquire, 1, 5, [0], 8).Kinds().Should().BeEmpty();

    [Test]
    public void Check_TokenIsBelowTheHighestOfSeveralBefore_IsFound() => new Histories(ModelKind.Lock)
        .Ok(Acquire, 0, 1, [0], 9).Ok(Acquire, 0, 2, [0], 7).Ok(Acquire, 3, 4, [0], 8).Kinds().Should().Equal("token fell");

    [Test]
    public void Check_WaiterGivesUpWithinALeaseAndTheBound_IsFine() => Lock.Add(Acquire, Outcome.Refused, 3, 12, [9_000_000]).Kinds()
        .Should().BeEmpty();

    [Test]
    public void Check_WaiterGivesUpSoonAfterADisturbance_IsFine() => Lock.Add(Acquire, Outcome.Refused, 3, 20, [17_000_000])
        .Kinds(new() { Disturbances = [Histories.Time(8, 18)] }).Should().BeEmpty();

    [Test]
    public void Check_WaiterGivesUpBesideAHolderThatNeverReleases_IsFine() => new Histories(ModelKind.Lock)
        .Ok(Acquire, 0, 1, [10_000_000], 7).Ok(Hold, 1, 15, [7]).Add(Acquire, Outcome.Refused, 3, 20, [17_000_000]).Kinds()
        .Should().BeEmpty();

    [Test]
    public void Check_WaiterGivesUpLongAfterAnotherWasKilled_IsFound() => Lock.Killed(Acquire, 4.5, 10_000_000)
        .Add(Acquire, Outcome.Refused, 3, 20, [17_000_000]).Kinds().Should().Equal("sleeper beside a free lock");

    [Test]
    public void Check_TwoWaitersGiveUpBesideAFreeLock_IsFound() => Lock.Add(Acquire, Outcome.Refused, 3, 20, [17_000_000])
        .Add(Acquire, Outcome.Refused, 3, 19, [16_000_000]).Kinds().Should().Equal("sleeper beside a free lock");
}
