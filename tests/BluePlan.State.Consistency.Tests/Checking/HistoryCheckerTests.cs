using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Consistency.Tests;

[TestFixture]
public sealed class HistoryCheckerTests
{
    [TestCase(1.5, 0)]
    [TestCase(3.5, 1)]
    [TestCase(9.5, 0)]
    public void Check_AcknowledgedWhileItsDirectoryIsGone_IsFoundAfterASecond(double begun, int anomalies) =>
        new Histories(ModelKind.Register).Ok(OperationAction.Write, begun, begun + 0.1, [1])
            .Kinds(new() { Vanished = [Histories.Time(1, 9)] }).Should().HaveCount(anomalies);

    [Test]
    public void Check_TwoObjects_AreCheckedApart()
    {
        Operation[] history = [.. new Histories(ModelKind.Register)
            .Ok(OperationAction.Write, 0, 1, [1]).Operations, .. new Histories(ModelKind.Register)
            .Ok(OperationAction.Read, 2, 3, [], 0).Operations.Select(static read => read with { Object = "two" })];

        HistoryChecker.Check(history, new()).Should().BeEmpty();
        HistoryChecker.Check(history.Select(static operation => operation with { Object = "one" }), new()).Should().ContainSingle();
    }

    [Test]
    public async Task WriteAsync_History_IsReadAsItWas()
    {
        var history = new Histories(ModelKind.List).Ok(OperationAction.Append, 0, 1, [1, 2], 3, 4)
            .Add(OperationAction.Append, Outcome.Unknown, 2, 3, [5]).Operations;
        var path = Path.GetTempFileName();
        try
        {
            await HistoryJson.WriteAsync(path, history);
            (await HistoryJson.ReadAsync(path)).Should().BeEquivalentTo(history, static options => options.WithStrictOrdering());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
