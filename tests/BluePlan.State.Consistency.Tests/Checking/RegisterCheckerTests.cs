using FluentAssertions;
using NUnit.Framework;
using static BluePlan.State.Consistency.OperationAction;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
public sealed class RegisterCheckerTests
{
    private static Histories Register => new(ModelKind.Register);

    private static Histories Config => new(ModelKind.Version);

    [Test]
    public void Check_ConcurrentWritesAndReads_AreFine() =>
        Register.Ok(Write, 0, 5, [1]).Ok(Write, 1, 4, [2]).Ok(Read, 2, 3, [], 0).Ok(Read, 3.5, 6, [], 2).Ok(Read, 6.1, 7, [], 1)
            .Ok(CompareAndSet, 8, 9, [3, 1]).Ok(Read, 10, 11, [], 3)
            .Kinds().Should().BeEmpty("the second write came first");

    [Test]
    public void Check_WriteOfUnknownOutcome_MayHaveHappenedLateOrNever([Values] bool seen) =>
        Register.Ok(Write, 0, 1, [1]).Add(Write, Outcome.Unknown, 2, 3, [2]).Ok(Read, 4, 5, [], 1).Ok(Read, 6, 7, [], seen ? 2 : 1)
            .Kinds().Should().BeEmpty();

    [Test]
    public void Check_WriteOfUnknownOutcome_HappensOnce() =>
        Register.Ok(Write, 0, 1, [1]).Add(Write, Outcome.Unknown, 2, 3, [2]).Ok(Read, 4, 5, [], 2).Ok(Write, 6, 7, [3])
            .Ok(Read, 8, 9, [], 2).Kinds().Should().Equal("not linearizable");

    [Test]
    public void Check_TwoCompareAndSetsFromOneValue_IsALostUpdate() =>
        Register.Ok(Write, 0, 1, [1]).Ok(CompareAndSet, 2, 4, [2, 1]).Ok(CompareAndSet, 3, 5, [3, 1]).Kinds()
            .Should().Equal("not linearizable");

    [Test]
    public void Check_CompareAndSetIsRefusedByAWriteOfUnknownOutcome_IsFine() =>
        Register.Ok(Write, 0, 1, [1]).Add(Write, Outcome.Unknown, 2, 3, [2]).Add(CompareAndSet, Outcome.Refused, 4, 5, [3, 1]).Kinds()
            .Should().BeEmpty();

    [Test]
    public void Check_CompareAndSetIsRefusedThoughItsConditionHeld_IsFound() =>
        Register.Ok(Write, 0, 1, [1]).Add(CompareAndSet, Outcome.Refused, 4, 5, [3, 1]).Kinds().Should().Equal("not linearizable");

    [Test]
    public void Check_OldValueAfterANewOneWasWritten_IsAStaleRead() =>
        Register.Ok(Write, 0, 1, [1]).Ok(Write, 2, 3, [2]).Ok(Read, 4, 5, [], 1).Kinds().Should().Equal("not linearizable");

    [Test]
    public void Check_OldValueAfterANewOneWasRead_IsAStaleRead() =>
        Register.Ok(Write, 0, 1, [1]).Ok(Write, 2, 9, [2]).Ok(Read, 3, 4, [], 2).Ok(Read, 5, 6, [], 1).Kinds()
            .Should().Equal("not linearizable");

    [Test]
    public void Check_ValueOfAFailedWrite_IsADirtyRead() =>
        Register.Ok(Write, 0, 1, [1]).Add(Write, Outcome.Failed, 2, 3, [2]).Ok(Read, 4, 5, [], 2).Kinds()
            .Should().BeEquivalentTo("dirty read", "not linearizable");

    [Test]
    public void Check_ValueNobodyWrote_IsFound() => Register.Ok(Read, 4, 5, [], 7).Kinds()
        .Should().BeEquivalentTo("never written", "not linearizable");

    [Test]
    public void Check_ValueBeforeItWasWritten_IsFound() => Register.Ok(Read, 1, 2, [], 7).Ok(Write, 3, 4, [7]).Kinds()
        .Should().BeEquivalentTo("read of the future", "not linearizable");

    [Test]
    public void Check_DeletedValueIsRead_IsResurrected() =>
        Register.Ok(Write, 0, 1, [1]).Ok(Delete, 2, 3, [], 1).Ok(Read, 4, 5, [], 0).Ok(Read, 6, 7, [], 1).Kinds()
            .Should().Equal("not linearizable");

    [Test]
    public void Check_AcknowledgedWriteIsGone_IsLost() => Register.Ok(Write, 0, 1, [1]).Ok(Read, 4, 5, [], 0).Kinds()
        .Should().Equal("not linearizable");

    [Test]
    public void Check_CallEndsAsNoDocumentSays_IsFound() => Register.Add(Write, Outcome.Broken, 0, 1, [1]).Kinds().Should().Equal("broken");

    [TestCase(true, 0)]
    [TestCase(false, 1)]
    public void Check_AcknowledgedInTheLastMomentsAndGone_IsFineUnlessReplicasConfirm(bool losesAcknowledged, int anomalies) =>
        Register.Ok(Write, 0, 1, [1]).Ok(Write, 10, 10.5, [2]).Ok(Read, 20, 21, [], 1)
            .Kinds(new() { Windows = [Histories.Time(10, 12)], LosesAcknowledged = losesAcknowledged }).Should().HaveCount(anomalies);

    [Test]
    public void Check_AcknowledgedBeforeOrAfterTheLastMomentsAndGone_IsLost([Values(5, 13)] int written) =>
        Register.Ok(Write, written, written + 0.5, [2]).Ok(Read, 20, 21, [], 0)
            .Kinds(new() { Windows = [Histories.Time(10, 12)], LosesAcknowledged = true }).Should().Equal("not linearizable");

    [Test]
    public void Check_StaleInAWindow_IsFineAndAfterItIsFound([Values] bool after) =>
        Register.Ok(Write, 0, 1, [1]).Ok(Write, 2, 3, [2]).Ok(Read, after ? 13 : 10, after ? 13.1 : 10.1, [], 1)
            .Kinds(new() { Windows = [Histories.Time(10, 12)] }).Should().HaveCount(after ? 1 : 0);

    [Test]
    public void Check_LongHistoryOneFault_ExplanationIsShort()
    {
        var history = Register;
        for (var i = 1; i <= 300; i++) history.Ok(Write, i, i + 0.5, [i]).Ok(Read, i + 0.6, i + 0.9, [], i == 200 ? 150 : i);

        var anomaly = HistoryChecker.Check(history.Operations, new()).Single();

        anomaly.Operations.Should().HaveCountLessThan(4).And.Contain(static operation => operation.Action == Read
            && operation.Output[0] == 150);
    }

    [Test]
    public void Check_ManyUnknownWritesAtOnce_IsDecided()
    {
        var history = Register.Ok(Write, 0, 1, [1]);
        for (var i = 0; i < 60; i++) history.Add(Write, Outcome.Unknown, 1 + i * 0.01, 5, [100 + i]);
        for (var i = 0; i < 60; i += 2) history.Ok(Read, 10 + i, 10.5 + i, [], 100 + i);

        history.Kinds().Should().BeEmpty();
        history.Ok(Read, 100, 101, [], 100).Kinds().Should().Equal("not linearizable");
    }

    [Test]
    public void Check_ManyReadsAtOnce_AreDecided()
    {
        var history = Register.Ok(Write, 0, 1, [1]).Ok(Write, 1.5, 100, [2]);
        for (var i = 0; i < 40; i++) history.Ok(Read, 2 + i * 0.01, 3, [], 1);

        history.Kinds().Should().BeEmpty();
        history.Ok(Read, 200, 201, [], 1).Kinds().Should().Equal("not linearizable");
    }

    [Test]
    public void Check_ManyChainsOfUnknownWritesNobodySaw_AreDecided()
    {
        var history = Register.Ok(Write, 0, 1, [1]);
        for (var i = 0; i < 40; i++) history.Add(Write, Outcome.Unknown, 1, 5, [100 + i])
            .Add(CompareAndSet, Outcome.Unknown, 1, 5, [200 + i, 100 + i]).Add(CompareAndSet, Outcome.Unknown, 1, 5, [300 + i, 200 + i]);

        history.Ok(Read, 6, 7, [], 1).Ok(Write, 8, 9, [2]).Kinds().Should().BeEmpty();
        history.Ok(Read, 10, 11, [], 1).Kinds().Should().Equal("not linearizable");
    }

    [Test]
    public void Check_OnlyAnUnknownWriteNobodySawExplainsAnAnswer_IsFine([Values] bool deletes)
    {
        var history = deletes ? Register.Ok(Read, 0, 1, [], 0) : Register.Ok(Write, 0, 1, [1]);
        history.Add(Write, Outcome.Unknown, 2, 3, [2]);
        if (deletes) history.Ok(Delete, 4, 5, [], 1);
        else history.Add(CompareAndSet, Outcome.Refused, 4, 5, [3, 1]);

        history.Kinds().Should().BeEmpty();
    }

    [Test]
    public void Check_ConfigVersionsInTurn_AreFine() =>
        Config.Ok(Save, 0, 1, [10, 0], 1).Ok(Save, 2, 5, [11, -1], 2).Ok(Save, 3, 6, [12, -1], 3)
            .Add(Save, Outcome.Refused, 7, 8, [13, 2]).Ok(Delete, 9, 10, [], 1).Ok(Read, 11, 12, [], 0, 0).Ok(Save, 13, 14, [14, 0], 5)
            .Ok(Read, 15, 16, [], 5, 14).Kinds().Should().BeEmpty();

    [Test]
    public void Check_UnknownSave_TakesAVersionOrNone([Values(2, 3)] int next) =>
        Config.Ok(Save, 0, 1, [10, 0], 1).Add(Save, Outcome.Unknown, 2, 3, [11, -1]).Ok(Save, 4, 5, [12, -1], next).Kinds()
            .Should().BeEmpty();

    [Test]
    public void Check_ManyUnknownSavesAtOnce_AreDecided([Values(50, 62)] int next)
    {
        var history = Config.Ok(Save, 0, 1, [10, 0], 1);
        for (var i = 0; i < 60; i++) history.Add(Save, Outcome.Unknown, 1 + i * 0.01, 5, [100 + i, -1]);

        history.Ok(Save, 6, 7, [11, -1], next).Ok(Read, 8, 9, [], next, 11).Kinds().Should().BeEmpty();
        history.Ok(Save, 10, 11, [12, -1], 63).Kinds().Should().BeEmpty();
        history.Ok(Save, 12, 13, [13, -1], 65).Kinds().Should().Equal("not linearizable");
    }

    [Test]
    public void Check_LostInAWindow_DoesNotComeBack() =>
        Register.Ok(Write, 0, 1, [1]).Ok(Write, 2, 3, [2]).Ok(Read, 5, 6, [], 1).Ok(Read, 7, 8, [], 2).Kinds(Losing(2, 3))
            .Should().Equal("not linearizable");

    [Test]
    public void Check_LosableWriteIsSeenAfterARefusalThatFitsBeforeItToo_IsFine() =>
        Register.Ok(Write, 0, 1, [1]).Ok(Write, 2, 3, [2]).Add(CompareAndSet, Outcome.Refused, 4, 5, [9, 5]).Ok(Read, 6, 7, [], 2)
            .Kinds(Losing(2, 3)).Should().BeEmpty();

    [Test]
    public void Check_OneOfTwoLosableSavesMustComeFirst_IsFine() =>
        Config.Ok(Save, 0, 1, [10, 0], 1).Ok(Save, 2, 9, [11, -1], 2).Ok(Save, 3, 4, [12, -1], 3).Ok(Save, 5, 6, [13, -1], 3)
            .Ok(Save, 10, 11, [14, -1], 5).Kinds(Losing(2, 4)).Should().BeEmpty();

    [TestCase(82, 0)]
    [TestCase(83, 1)]
    public void Check_ManyLosableChangesInTurn_AreDecided(int next, int anomalies)
    {
        var history = Config.Ok(Save, 0, 1, [10, 0], 1);
        for (var i = 0; i < 40; i++) history.Ok(Save, 2 + i, 2.4 + i, [100 + i, -1], 2).Ok(Delete, 2.5 + i, 2.9 + i, [], 1);

        history.Ok(Save, 50, 51, [11, -1], next).Kinds(Losing(2, 49)).Should().HaveCount(anomalies);
    }

    [Test]
    public void Check_OneVersionTwice_IsFound() => Config.Ok(Save, 0, 1, [10, 0], 1).Ok(Save, 2, 3, [11, 1], 2).Ok(Save, 4, 5, [12, 1], 2)
        .Kinds().Should().Equal("not linearizable");

    [Test]
    public void Check_VersionIsLeftOut_IsFound() => Config.Ok(Save, 0, 1, [10, 0], 1).Ok(Save, 2, 3, [11, -1], 3).Kinds()
        .Should().Equal("not linearizable");

    [Test]
    public void Check_OlderVersionIsLoaded_IsFound() => Config.Ok(Save, 0, 1, [10, 0], 1).Ok(Save, 2, 3, [11, 1], 2)
        .Ok(Read, 4, 5, [], 1, 10).Kinds().Should().Equal("not linearizable");

    [TestCase(2, 10)]
    [TestCase(1, 11)]
    public void Check_ConfigHasTheValueOrTheVersionOfAnother_IsFound(long version, long value) =>
        Config.Ok(Save, 0, 1, [10, 0], 1).Ok(Save, 2, 3, [11, 1], 2).Ok(Read, 4, 5, [], version, value).Kinds()
            .Should().Equal("not linearizable");

    [Test]
    public void Check_SaveIsRefusedThoughItsVersionWasThere_IsFound() => Config.Ok(Save, 0, 1, [10, 0], 1)
        .Add(Save, Outcome.Refused, 2, 3, [11, 1]).Kinds().Should().Equal("not linearizable");

    [Test]
    public void Check_SaveIsDoneThoughItExpectedNoConfig_IsFound() => Config.Ok(Save, 0, 1, [10, 0], 1).Ok(Save, 2, 3, [11, 0], 2)
        .Kinds().Should().Equal("not linearizable");

    [Test]
    public void Check_SaveIsDoneThoughTheExpectedVersionIsADeletion_IsFound() => Config.Ok(Save, 0, 1, [10, 0], 1).Ok(Delete, 2, 3, [], 1)
        .Ok(Save, 4, 5, [11, 2], 3).Kinds().Should().Equal("not linearizable");

    [TestCase(true, 0)]
    [TestCase(false, 1)]
    public void Check_DeletionAnswersWhatWasNotSo_IsFound(bool exists, long answer)
    {
        (exists ? Register.Ok(Write, 0, 1, [1]) : Register).Ok(Delete, 2, 3, [], answer).Kinds().Should().Equal("not linearizable");
        (exists ? Config.Ok(Save, 0, 1, [1, 0], 1) : Config).Ok(Delete, 2, 3, [], answer).Kinds().Should().Equal("not linearizable");
    }

    [Test]
    public void Check_ValueIsDeletedAndStaysAbsent_IsFine() => Register.Ok(Write, 0, 1, [1]).Ok(Delete, 2, 3, [], 1).Ok(Read, 4, 5, [], 0)
        .Ok(Delete, 6, 7, [], 0).Kinds().Should().BeEmpty();

    [Test]
    public void Check_CompareAndSetOfAValueThatIsNotKnown_IsFine() => Register.Ok(Write, 0, 1, [1]).Ok(CompareAndSet, 2, 3, [2, -1])
        .Ok(Read, 4, 5, [], 2).Kinds().Should().BeEmpty();

    [Test]
    public void Check_CompareAndSetIsRefusedInAWindow_ProvesNothing() => Register.Ok(Write, 0, 1, [1])
        .Add(CompareAndSet, Outcome.Refused, 10, 10.1, [3, 1]).Kinds(new() { Windows = [Histories.Time(10, 12)] }).Should().BeEmpty();

    [Test]
    public void Check_ManyAcknowledgedWritesAtOnce_AreDecided()
    {
        var history = Register.Ok(Write, 0, 1, [1]);
        for (var i = 0; i < 12; i++) history.Ok(Write, 2, 3, [100 + i]);

        history.Ok(Read, 4, 5, [], 1).Kinds().Should().Equal("not linearizable");
    }

    [Test]
    public void Check_SearchIsGivenUp_IsUndecided()
    {
        var history = new ObjectHistory(ModelKind.Register, "one", Register.Ok(Write, 0, 5, [1]).Ok(Write, 0, 5, [2]).Ok(Read, 6, 7, [], 1)
            .Operations, new());

        new RegisterChecker<RegisterState>(new RegisterModel(), steps: 2).Check(history);

        history.Anomalies.Select(static anomaly => anomaly.Kind).Should().Equal("undecided");
    }

    [Test]
    public void Check_RandomHistoriesOfARegister_AreFineAndWithOneChangedAnswerAreNot()
    {
        var random = new Random(12);
        for (var round = 0; round < 60; round++)
        {
            var (history, changed) = Random(random);
            history.Kinds().Should().BeEmpty($"round {round} is linearizable as it was made");
            changed.Kinds().Should().NotBeEmpty($"in round {round} a read shows a value that was overwritten before it began");
        }
    }

    // Each operation takes effect at its number; its beginning and end lie up to three before and after it, so that seven overlap.
    private static (Histories History, Histories Changed) Random(Random random)
    {
        var (history, changed) = (Register, Register);
        long value = 0;
        for (var at = 10; at < 90; at++)
        {
            var (begun, ended) = (at - 3 * random.NextDouble(), at + 3 * random.NextDouble());
            void Both(OperationAction action, Outcome outcome, long[] input, params long[] output)
            {
                history.Add(action, outcome, begun, ended, input, output);
                changed.Add(action, outcome, begun, ended, input, output);
            }
            switch (random.Next(6))
            {
                case 0:
                    Both(Write, Outcome.Ok, [value = at]);
                    break;
                case 1:
                    // Half of the unknown ones happened.
                    Both(Write, Outcome.Unknown, [at]);
                    if (random.Next(2) == 0) value = at;
                    break;
                case 2:
                    Both(CompareAndSet, Outcome.Ok, [at, value]);
                    value = at;
                    break;
                case 3:
                    Both(CompareAndSet, Outcome.Refused, [at, value + 1000]);
                    break;
                default:
                    Both(Read, Outcome.Ok, [], value);
                    break;
            }
        }
        history.Ok(Write, 100, 101, [100]).Ok(Write, 102, 103, [102]).Ok(Read, 104, 105, [], 102);
        changed.Ok(Write, 100, 101, [100]).Ok(Write, 102, 103, [102]).Ok(Read, 104, 105, [], 100);
        return (history, changed);
    }

    private static Promise Losing(double begun, double ended) => new() { Windows = [Histories.Time(begun, ended)], LosesAcknowledged = true };
}
