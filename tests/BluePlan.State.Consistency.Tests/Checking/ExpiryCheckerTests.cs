using FluentAssertions;
using NUnit.Framework;
using static BluePlan.State.Consistency.OperationAction;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
public sealed class ExpiryCheckerTests
{
    // A key that lives two seconds, read once.
    private static Histories Expiry => new Histories(ModelKind.Expiry).Ok(Write, 0, 0.1, []).Ok(Read, 1.5, 1.6, [], 1);

    [Test]
    public void Check_FoundUntilItsTimeAndAbsentAfterIt_IsFine() => Expiry.Ok(Peek, 3.4, 3.45, [], 1).Ok(Read, 3.7, 3.8, [], 0)
        .Ok(Peek, 30, 31, [], 0).Kinds().Should().BeEmpty();

    [Test]
    public void Check_ReadOfUnknownOutcomeMayHaveSlidIt_IsFine([Values(0, 1)] int found) => Expiry.Add(Read, Outcome.Unknown, 3, 3.1, [])
        .Ok(Read, found == 1 ? 6 : 4.5, found == 1 ? 6.1 : 4.6, [], found).Kinds().Should().BeEmpty();

    [Test]
    public void Check_WriteOfUnknownOutcome_MayHaveHappenedOrNot([Values(0, 1)] int found) => new Histories(ModelKind.Expiry)
        .Add(Write, Outcome.Unknown, 0, 0.1, []).Ok(Read, 1, 1.1, [], found).Kinds().Should().BeEmpty();

    [Test]
    public void Check_FoundAfterAFailedWrite_IsFound() => new Histories(ModelKind.Expiry).Add(Write, Outcome.Failed, 0, 0.1, [])
        .Ok(Read, 1, 1.1, [], 1).Kinds().Should().Equal("never written");

    [Test]
    public void Check_AbsentJustBeforeOrFoundJustAfterItsTime_IsFine() => Expiry.Ok(Peek, 4.5, 4.6, [], 1).Kinds()
        .Concat(Expiry.Ok(Read, 3.47, 3.48, [], 0).Kinds()).Should().BeEmpty();

    [Test]
    public void Check_AbsentBeforeItsTime_IsAnEarlyExpiry() => Expiry.Ok(Read, 2.9, 3.0, [], 0).Kinds().Should().Equal("early expiry");

    [TestCase(2, 2)]
    [TestCase(0, 2.95)]
    [TestCase(2.95, 4)]
    [TestCase(0, 4)]
    public void Check_AbsentBeforeItsTimeWhileTheClockMayHaveBeenSet_IsFine(double begun, double ended) => Expiry.Ok(Read, 2.9, 3.0, [], 0)
        .Kinds(new() { ClockSteps = [Histories.Time(begun, ended)] }).Should().BeEmpty();

    [Test]
    public void Check_AbsentBeforeItsTimeBesideAStep_IsAnEarlyExpiry() => Expiry.Ok(Read, 2.9, 3.0, [], 0)
        .Kinds(new() { ClockSteps = [Histories.Time(3.1, 4)] }).Should().Equal("early expiry");

    [TestCase(1.7, 1.8, false)]
    [TestCase(2.5, 2.6, false)]
    [TestCase(2.7, 2.8, true)]
    [TestCase(1, 1.4, true)]
    public void Check_ACrashMayTakeBackASlideOfTheLastSecond(double begun, double ended, bool isFound) => Expiry.Ok(Read, 2.9, 3.0, [], 0)
        .Kinds(new() { Disturbances = [Histories.Time(begun, ended)], SlideDelay = 1_000_000 }).Should().HaveCount(isFound ? 1 : 0);

    [Test]
    public void Check_ACrashTakesBackNoWrite() => new Histories(ModelKind.Expiry).Ok(Write, 0, 0.1, []).Ok(Read, 1, 1.1, [], 0)
        .Kinds(new() { Disturbances = [Histories.Time(0.2, 0.3)], SlideDelay = 1_000_000 }).Should().Equal("early expiry");

    [Test]
    public void Check_FoundLongAfterItsTime_IsALateExpiry() => Expiry.Ok(Peek, 6, 6.1, [], 1).Kinds().Should().Equal("late expiry");

    [Test]
    public void Check_FoundLongAfterItsTimeThatAClockAheadHadGiven_IsFine() => Expiry.Ok(Peek, 6, 6.1, [], 1)
        .Kinds(new() { ClockSteps = [Histories.Time(1, 1)] }).Should().BeEmpty();

    [Test]
    public void Check_FoundThoughNobodyWroteIt_IsFound() => new Histories(ModelKind.Expiry).Ok(Read, 6, 6.1, [], 1).Kinds()
        .Should().Equal("never written");
}
