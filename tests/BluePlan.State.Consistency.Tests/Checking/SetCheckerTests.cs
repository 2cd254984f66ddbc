using FluentAssertions;
using NUnit.Framework;
using static BluePlan.State.Consistency.OperationAction;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
public sealed class SetCheckerTests
{
    // The name is also a constraint of the test framework.
    private const OperationAction Asked = OperationAction.Contains;

    private static Histories Set => new Histories(ModelKind.Set).Ok(Add, 0, 1, [1]).Ok(Add, 0, 1, [2]);

    [Test]
    public void Check_ConcurrentChangesSomeUnknown_AreFine([Values] bool added, [Values] bool removed) =>
        Set.Add(Add, Outcome.Unknown, 2, 3, [3]).Add(Remove, Outcome.Unknown, 2, 3, [2]).Ok(Asked, 2.5, 4, [2], 1)
            .Ok(Read, 5, 6, [], [.. Enumerable.Range(1, 3).Where(member => member == 1 || member == 2 && !removed || member == 3 && added)
            .Select(static member => (long)member)])
            .Ok(Remove, 7, 8, [1], 1).Ok(Asked, 7.5, 9, [1], 1).Ok(Asked, 10, 11, [1], 0).Kinds().Should().BeEmpty();

    [Test]
    public void Check_AddedMemberIsMissing_IsLost() => Set.Ok(Read, 2, 3, [], 1).Kinds().Should().Equal("lost");

    [Test]
    public void Check_AddedMemberIsMissingForAWhile_IsAStaleRead() => Set.Ok(Asked, 2, 3, [2], 0).Ok(Read, 4, 5, [], 1, 2).Kinds()
        .Should().Equal("stale read");

    [Test]
    public void Check_MemberThatWasSeenIsMissing_IsLost() => Set.Add(Add, Outcome.Unknown, 1, 2, [3]).Ok(Read, 3, 4, [], 1, 2, 3)
        .Ok(Read, 5, 6, [], 1, 2).Kinds().Should().Equal("lost");

    [TestCase(1)]
    [TestCase(0)]
    public void Check_RemovedMemberIsSeen_IsResurrected(int wasThere) => Set.Ok(Remove, 2, 3, [2], wasThere).Ok(Asked, 4, 5, [2], 0)
        .Ok(Read, 6, 7, [], 1, 2).Kinds().Should().Equal("resurrected");

    [Test]
    public void Check_MemberIsSeenAgainAfterAnUnknownRemovalWasSeen_IsResurrected() =>
        Set.Add(Remove, Outcome.Unknown, 2, 3, [2]).Ok(Asked, 4, 5, [2], 0).Ok(Asked, 6, 7, [2], 1).Kinds().Should().Equal("resurrected");

    [Test]
    public void Check_RemovalThatSaysAbsentUnderMinReplicasAndALaterMember_IsResurrectedAlsoInAWindow() =>
        Set.Add(Remove, Outcome.Unknown, 10, 10.2, [2]).Ok(Remove, 10.3, 10.4, [2], 0).Ok(Asked, 20, 21, [2], 1)
            .Kinds(new() { Windows = [Histories.Time(10, 12)] }).Should().Equal("resurrected");

    [Test]
    public void Check_MemberTwice_IsADuplicate() => Set.Ok(Read, 2, 3, [], 1, 2, 2).Kinds().Should().Equal("duplicate");

    [Test]
    public void Check_MemberOfAFailedAddition_IsADirtyRead() => Set.Add(Add, Outcome.Failed, 2, 3, [3]).Ok(Read, 4, 5, [], 1, 2, 3)
        .Kinds().Should().Equal("dirty read");

    [Test]
    public void Check_MemberNobodyAdded_IsFound() => Set.Ok(Read, 4, 5, [], 1, 2, 9).Kinds().Should().Equal("never written");

    [Test]
    public void Check_AdditionOfUnknownOutcomeComesBehindARemoval_IsFine() => Set.Add(Add, Outcome.Unknown, 2, 3, [3])
        .Ok(Remove, 4, 5, [3], 0).Ok(Asked, 6, 7, [3], 1).Kinds().Should().BeEmpty();
}
