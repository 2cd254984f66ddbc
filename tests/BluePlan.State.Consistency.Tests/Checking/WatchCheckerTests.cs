using FluentAssertions;
using NUnit.Framework;
using static BluePlan.State.Consistency.OperationAction;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
public sealed class WatchCheckerTests
{
    private static Histories Watch => new Histories(ModelKind.Watch).Ok(Save, 0, 0.5, [10, -1], 1).Ok(Hear, 1, 1, [5], 1, 10)
        .Ok(Save, 2, 2.5, [11, -1], 2);

    [Test]
    public void Check_HearsWhatWasSavedOrSomethingNewer_IsFine() => Watch.Ok(Save, 3, 3.5, [12, -1], 3).Ok(Hear, 4, 4, [5], 3, 12)
        .Ok(EndWatch, 60, 60, [5]).Kinds().Should().BeEmpty();

    [Test]
    public void Check_EndsBeforeItMustHaveHeard_IsFine() => Watch.Ok(EndWatch, 4, 4, [5]).Kinds().Should().BeEmpty();

    [Test]
    public void Check_NeverHears_IsDeaf() => Watch.Ok(EndWatch, 60, 60, [5]).Kinds().Should().Equal("deaf watch");

    [Test]
    public void Check_HearsLate_IsDeaf() => Watch.Ok(Hear, 15, 15, [5], 2, 11).Ok(EndWatch, 60, 60, [5]).Kinds()
        .Should().Equal("deaf watch");

    [Test]
    public void Check_HearsSoonAfterADisturbance_IsFine() =>
        Watch.Ok(Hear, 15, 15, [5], 2, 11).Ok(EndWatch, 60, 60, [5]).Kinds(new() { Disturbances = [Histories.Time(3, 12)] })
            .Should().BeEmpty();

    [Test]
    public void Check_HearsAnOlderVersion_WentBack() => Watch.Ok(Hear, 3, 3, [5], 2, 11).Ok(Hear, 4, 4, [5], 1, 10)
        .Ok(EndWatch, 60, 60, [5]).Kinds().Should().Equal("went back");

    [Test]
    public void Check_HearsWhatNobodySaved_IsFound() => Watch.Ok(Hear, 3, 3, [5], 2, 99).Ok(EndWatch, 60, 60, [5]).Kinds()
        .Should().Equal("never written");
}
