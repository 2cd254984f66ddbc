using FluentAssertions;
using NUnit.Framework;
using static BluePlan.State.Consistency.OperationAction;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
public sealed class CounterCheckerTests
{
    private static Histories Counter => new Histories(ModelKind.Counter).Ok(Increment, 0, 1, [1], 1).Ok(Increment, 2, 4, [1], 3)
        .Ok(Increment, 2, 4, [1], 2);

    [Test]
    public void Check_ConcurrentAdditionsSomeUnknown_AreFine([Values(3, 4)] int count) =>
        Counter.Add(Increment, Outcome.Unknown, 3, 4, [1]).Ok(Read, 3.5, 3.6, [], 2).Ok(Read, 5, 6, [], count).Kinds().Should().BeEmpty();

    [Test]
    public void Check_AcknowledgedAdditionIsNotInTheCount_IsLost() => Counter.Ok(Read, 5, 6, [], 2).Kinds().Should().Contain("lost");

    [Test]
    public void Check_MoreThanWasAskedFor_IsADuplicate() => Counter.Ok(Read, 5, 6, [], 4).Kinds().Should().Equal("duplicate");

    [Test]
    public void Check_FailedAdditionIsCounted_IsADuplicate() => Counter.Add(Increment, Outcome.Failed, 4, 5, [1]).Ok(Read, 6, 7, [], 4)
        .Kinds().Should().Equal("duplicate");

    [Test]
    public void Check_TwoAdditionsEndAtOneCount_IsALostUpdate() => Counter.Ok(Increment, 5, 6, [1], 4).Ok(Increment, 5, 6, [1], 4).Kinds()
        .Should().Equal("lost update");

    [Test]
    public void Check_CountGoesBack_IsAStaleRead() => Counter.Add(Increment, Outcome.Unknown, 4, 5, [1]).Ok(Read, 6, 7, [], 4)
        .Ok(Read, 8, 9, [], 3).Kinds().Should().Equal("stale read");

    [TestCase(true, 0)]
    [TestCase(false, 1)]
    public void Check_AdditionOfTheLastMomentsIsGone_IsFineUnlessReplicasConfirm(bool losesAcknowledged, int anomalies) =>
        Counter.Ok(Increment, 10, 11, [1], 4).Ok(Read, 20, 21, [], 3)
            .Kinds(new() { Windows = [Histories.Time(10, 12)], LosesAcknowledged = losesAcknowledged }).Contains("lost")
            .Should().Be(anomalies == 1);

    [Test]
    public void Check_AdditionEndsBelowItsOwnAmount_IsLost() => Counter.Ok(Increment, 5, 6, [2], 4).Kinds().Should().Equal("lost");

    [Test]
    public void Check_LaterAdditionIsCounted_IsADuplicate() => Counter.Ok(Read, 5, 6, [], 4).Ok(Increment, 7, 8, [1], 4).Kinds()
        .Should().Equal("duplicate");
}
