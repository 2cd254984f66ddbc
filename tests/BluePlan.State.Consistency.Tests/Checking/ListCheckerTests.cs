using FluentAssertions;
using NUnit.Framework;
using static BluePlan.State.Consistency.OperationAction;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
public sealed class ListCheckerTests
{
    // Entries 1 and 2, one after the other, and 3, whose outcome nobody knows.
    private static Histories List => new Histories(ModelKind.List).Ok(Append, 0, 1, [1], 1).Ok(Append, 2, 3, [2], 2)
        .Add(Append, Outcome.Unknown, 2.5, 3.5, [3]);

    [Test]
    public void Check_ConcurrentAppendsSomeUnknown_AreFine([Values] bool happened) =>
        List.Ok(Read, 2.2, 4, [], 1, 1).Ok(Append, 5, 6, [4, 5], happened ? [4, 5] : [3, 4])
            .Ok(Read, 7, 8, [], happened ? [1, 1, 2, 2, 3, 3, 4, 4, 5, 5] : [1, 1, 2, 2, 4, 3, 5, 4]).Kinds().Should().BeEmpty();

    [Test]
    public void Check_UnknownAppendComesLate_IsFine() => List.Ok(Read, 4, 5, [], 1, 1, 2, 2).Ok(Read, 6, 7, [], 1, 1, 2, 2, 3, 3).Kinds()
        .Should().BeEmpty();

    [Test]
    public void Check_AcknowledgedEntryIsMissing_IsLost() => List.Ok(Read, 4, 5, [], 1, 1).Kinds().Should().Equal("lost");

    [Test]
    public void Check_AcknowledgedEntryIsMissingForAWhile_IsAStaleRead() => List.Ok(Read, 4, 5, [], 1, 1).Ok(Read, 6, 7, [], 1, 1, 2, 2)
        .Kinds().Should().Equal("stale read");

    [Test]
    public void Check_ReadShowsLessThanOneBefore_IsAStaleRead() => List.Ok(Read, 4, 5, [], 1, 1, 2, 2, 3, 3)
        .Ok(Read, 6, 7, [], 1, 1, 2, 2).Kinds().Should().Equal("stale read");

    [Test]
    public void Check_EntryTwice_IsADuplicate() => List.Ok(Read, 4, 5, [], 1, 1, 2, 2, 3, 3, 2, 4).Kinds().Should().Equal("duplicate");

    [Test]
    public void Check_LaterAppendStandsFirst_IsAReorder() => List.Ok(Read, 4, 5, [], 2, 1, 1, 2).Kinds().Should().Equal("reorder");

    [Test]
    public void Check_TwoReadsDisagree_IsAReorder() => List.Ok(Read, 4, 5, [], 1, 1, 2, 2, 3, 3).Ok(Read, 4, 5, [], 1, 1, 3, 2, 2, 3)
        .Kinds().Should().Contain("reorder");

    [Test]
    public void Check_SequencesFall_IsAReorder() => List.Ok(Read, 4, 5, [], 1, 2, 2, 1).Kinds().Should().Contain("reorder");

    [Test]
    public void Check_AppendWasToldAnotherSequence_IsFound() => List.Ok(Append, 4, 5, [4], 3).Ok(Read, 6, 7, [], 1, 1, 2, 2, 3, 3, 4, 4)
        .Kinds().Should().Equal("reorder");

    [Test]
    public void Check_PartOfAnAppend_IsTorn() => List.Ok(Append, 4, 5, [4, 5], 3, 4).Ok(Read, 4.5, 7, [], 1, 1, 2, 2, 4, 3).Kinds()
        .Should().Contain("torn");

    [Test]
    public void Check_EntryOfAFailedAppend_IsADirtyRead() => List.Add(Append, Outcome.Failed, 4, 5, [4])
        .Ok(Read, 6, 7, [], 1, 1, 2, 2, 4, 3).Kinds().Should().Contain("dirty read");

    [Test]
    public void Check_EntryNobodyAppended_IsFound() => List.Ok(Read, 6, 7, [], 1, 1, 2, 2, 9, 3).Kinds().Should().Contain("never written");

    [TestCase(true, 0)]
    [TestCase(false, 1)]
    public void Check_EntryOfTheLastMomentsIsGone_IsFineUnlessReplicasConfirm(bool losesAcknowledged, int anomalies) =>
        List.Ok(Append, 10, 11, [4], 3).Ok(Read, 10.5, 11.5, [], 1, 1, 2, 2, 4, 3).Ok(Append, 20, 21, [5], 3)
            .Ok(Read, 22, 23, [], 1, 1, 2, 2, 5, 3)
            .Kinds(new() { Windows = [Histories.Time(10, 12)], LosesAcknowledged = losesAcknowledged }).Should().HaveCount(anomalies);

    [Test]
    public void Check_UnknownAppendComesBehindALaterOne_IsFine() => List.Ok(Append, 5, 6, [4], 3).Ok(Read, 7, 8, [], 1, 1, 2, 2, 4, 3, 3, 4)
        .Kinds().Should().BeEmpty();

    [Test]
    public void Check_TwoReadsEndInAnotherEntry_IsAReorder() => List.Add(Append, Outcome.Unknown, 2.5, 3.5, [4])
        .Ok(Read, 4, 5, [], 1, 1, 2, 2, 3, 3).Ok(Read, 4, 5, [], 1, 1, 2, 2, 4, 3).Kinds().Should().Equal("reorder");

    [TestCase(4, 3)]
    [TestCase(3, 3)]
    public void Check_SequencesThatNobodyWasToldDoNotRise_IsAReorder(long first, long second) =>
        List.Add(Append, Outcome.Unknown, 2.5, 3.5, [4]).Ok(Read, 5, 6, [], 1, 1, 2, 2, 3, first, 4, second).Kinds().Should().Equal("reorder");

    [Test]
    public void Check_AnotherEntryWithinAnAppend_IsAReorder() => List.Ok(Append, 4, 5, [4, 5], 3, 5)
        .Ok(Read, 6, 7, [], 1, 1, 2, 2, 4, 3, 3, 4, 5, 5).Kinds().Should().Equal("reorder");

    [Test]
    public void Check_LaterAppendThatWasToldNoSequenceStandsFirst_IsAReorder() => new Histories(ModelKind.List)
        .Ok(Append, 0, 1, [1]).Ok(Append, 2, 3, [2]).Ok(Read, 4, 5, [], 2, 1, 1, 2).Kinds().Should().Equal("reorder");

    [Test]
    public void Check_AppendStandsBehindALaterOneWithALongOneBetweenThem_IsAReorder() => new Histories(ModelKind.List)
        .Ok(Append, 10, 11, [1]).Ok(Append, 0, 100, [2]).Ok(Append, 1, 5, [3]).Ok(Read, 200, 201, [], 1, 1, 2, 2, 3, 3).Kinds()
        .Should().Equal("reorder");
}
