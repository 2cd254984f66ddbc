using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class LockLinesTests
{
    private static readonly StateKey Key = new(0, StateShape.Document, "lock", "/one"), Other = new(0, StateShape.Document, "lock", "/two");

    [Test]
    public async Task EnterAsync_Several_LetsThemInAsTheyCame()
    {
        var lines = new LockLines();
        var first = await lines.EnterAsync(Key, default);
        var waiting = Enumerable.Range(0, 8).Select(_ => lines.EnterAsync(Key, default).AsTask()).ToArray();
        using var other = await lines.EnterAsync(Other, default);

        first.Dispose();
        foreach (var next in waiting)
        {
            var place = await next.WaitAsync(TimeSpan.FromSeconds(20));
            waiting.Count(static w => !w.IsCompleted).Should().Be(waiting.Length - 1 - Array.IndexOf(waiting, next));
            place.Dispose();
        }

        lines.Count.Should().Be(1, "a line that nobody stands in is forgotten");
    }

    [Test]
    public async Task EnterAsync_Cancelled_LeavesTheLine()
    {
        var lines = new LockLines();
        using var leaving = new CancellationTokenSource();
        var first = await lines.EnterAsync(Key, default);
        var impatient = lines.EnterAsync(Key, leaving.Token).AsTask();
        var patient = lines.EnterAsync(Key, default).AsTask();

        await leaving.CancelAsync();
        await impatient.Awaiting(i => i).Should().ThrowAsync<OperationCanceledException>();
        first.Dispose();

        (await patient.WaitAsync(TimeSpan.FromSeconds(20))).Dispose();
        lines.Count.Should().Be(0);
    }
}
