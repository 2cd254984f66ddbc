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

    [Test]
    public void Check_HearsADeletion_IsFine() => Watch.Ok(Hear, 3, 3, [5], 3, 0).Ok(EndWatch, 60, 60, [5]).Kinds().Should().BeEmpty();

    [Test]
    public void Check_ProcessIsKilledBeforeItMustHaveHeard_IsFine() => Watch.Kinds().Should().BeEmpty();

    [Test]
    public void Check_BeginsLongAfterASave_IsFine() => new Histories(ModelKind.Watch).Ok(Save, 0, 0.5, [10, -1], 1)
        .Ok(Hear, 20, 20, [5], 1, 10).Ok(EndWatch, 60, 60, [5]).Kinds().Should().BeEmpty();

    [Test]
    public void Check_HearsOnlyOfAnEarlierSave_IsDeaf() => Watch.Ok(Save, 3, 3.5, [12, -1], 3).Ok(Hear, 3.6, 3.6, [5], 2, 11)
        .Ok(EndWatch, 60, 60, [5]).Kinds().Should().Equal("deaf watch");

    [Test]
    public void Check_OnlyAnotherWatchHears_IsDeaf() => Watch.Ok(Hear, 1, 1, [6], 1, 10).Ok(Hear, 3, 3, [6], 2, 11)
        .Ok(EndWatch, 60, 60, [5]).Ok(EndWatch, 60, 60, [6]).Kinds().Should().Equal("deaf watch");

    [Test]
    public void Check_HearsOneVersionTwice_WentBack() => Watch.Ok(Hear, 3, 3, [5], 2, 11).Ok(Hear, 4, 4, [5], 2, 11)
        .Ok(EndWatch, 60, 60, [5]).Kinds().Should().Equal("went back");

    [Test]
    public void Check_HearsAnOlderVersionInAWindow_IsFine() => Watch.Ok(Hear, 3, 3, [5], 2, 11).Ok(Hear, 4, 4, [5], 1, 10)
        .Ok(EndWatch, 60, 60, [5]).Kinds(new() { Windows = [Histories.Time(3.5, 5)] }).Should().BeEmpty();

    [Test]
    public void Check_NeverHearsWhatAFailoverMayHaveLost_IsFine() => Watch.Ok(EndWatch, 60, 60, [5])
        .Kinds(new() { Windows = [Histories.Time(2, 3)], LosesAcknowledged = true }).Should().BeEmpty();

    [Test]
    public void Check_HearsSoonAfterAWindow_IsFine() => Watch.Ok(Hear, 15, 15, [5], 2, 11).Ok(EndWatch, 60, 60, [5])
        .Kinds(new() { Windows = [Histories.Time(3, 12)] }).Should().BeEmpty();

    [TestCase(8, 0, 1, 0)]
    [TestCase(15, 20, 30, 1)]
    public void Check_DisturbanceBeforeTheSaveOrAfterTheBound_IsNoExcuse(double heard, double begun, double ended, int anomalies) =>
        Watch.Ok(Hear, heard, heard, [5], 2, 11).Ok(EndWatch, 60, 60, [5]).Kinds(new() { Disturbances = [Histories.Time(begun, ended)] })
            .Should().HaveCount(anomalies);
}
