using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>The line of updates of one key: fair, forgetful, and no lock.</summary>
[TestFixture]
public sealed class OptimisticUpdatesTests
{
    private static readonly StateKey Key = new(1, StateShape.Document, "thing", "/one");
    private static readonly StateKey Other = new(1, StateShape.Document, "thing", "/two");

    [Test]
    public async Task BeginAsync_NobodyElse_HasTheTurnAtOnce()
    {
        var updates = new OptimisticUpdates(TimeSpan.FromMinutes(1));

        using (await Apart(() => updates.BeginAsync(Key, default)))
        using (await Apart(() => updates.BeginAsync(Other, default)))
        {
        }

        var again = updates.BeginAsync(Key, default).AsTask();
        again.IsCompletedSuccessfully.Should().BeTrue();
        (await again).Dispose();
    }

    [Test]
    public async Task BeginAsync_SeveralOfAKey_TakeTurnsAsTheyCame()
    {
        var (updates, order) = (new OptimisticUpdates(TimeSpan.FromMinutes(1)), new List<int>());
        var first = await Apart(() => updates.BeginAsync(Key, default));
        var waiting = new List<Task>();
        for (var i = 0; i < 8; i++)
        {
            var (number, turn) = (i, Apart(() => updates.BeginAsync(Key, default)));
            turn.IsCompleted.Should().BeFalse();
            waiting.Add(WriteAsync(number, turn));
        }

        first.Dispose();
        await Task.WhenAll(waiting);

        order.Should().Equal(Enumerable.Range(0, 8));

        async Task WriteAsync(int number, Task<OptimisticUpdate> turn)
        {
            using var update = await turn;
            order.Add(number); // No two at once.
        }
    }

    [Test]
    public async Task BeginAsync_Cancelled_LeavesTheLine([Values] bool whileFirstInLine)
    {
        var updates = new OptimisticUpdates(TimeSpan.FromMinutes(1));
        using var cancellation = new CancellationTokenSource();
        var holder = await Apart(() => updates.BeginAsync(Key, default));
        var before = whileFirstInLine ? null : Apart(() => updates.BeginAsync(Key, default));
        var cancelled = Apart(() => updates.BeginAsync(Key, cancellation.Token));
        var last = Apart(() => updates.BeginAsync(Key, default));

        await cancellation.CancelAsync();
        await cancelled.Awaiting(static c => c).Should().ThrowAsync<OperationCanceledException>();
        holder.Dispose();
        if (before is not null) (await before).Dispose();

        (await last.WaitAsync(TimeSpan.FromSeconds(30))).Dispose();
        updates.Keys.Should().Be(0);
    }

    [Test]
    public async Task BeginAsync_StoreIsDisposed_ThrowsAtOnce()
    {
        using var disposal = new CancellationTokenSource();
        var updates = new OptimisticUpdates(TimeSpan.FromMinutes(1), disposal.Token);
        using var holder = await Apart(() => updates.BeginAsync(Key, default));
        var waiting = Apart(() => updates.BeginAsync(Key, default));

        await disposal.CancelAsync();

        await waiting.Awaiting(static w => w).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task BeginAsync_HolderStandsStill_GoesOnWithoutTheTurn()
    {
        var updates = new OptimisticUpdates(TimeSpan.FromMilliseconds(20));
        var stuck = await Apart(() => updates.BeginAsync(Key, default));

        using (await Apart(() => updates.BeginAsync(Key, default)).WaitAsync(TimeSpan.FromSeconds(30)))
        {
            updates.Keys.Should().Be(1);
        }

        stuck.Dispose();
        updates.Keys.Should().Be(0);
    }

    [Test]
    public async Task BeginAsync_InsideAnUpdate_TakesNoTurn()
    {
        var updates = new OptimisticUpdates(TimeSpan.FromMinutes(1));
        using var outer = await updates.BeginAsync(Key, default);

        using var inner = await updates.BeginAsync(Key, default).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        using var elsewhere = await Task.Run(() => updates.BeginAsync(Key, default).AsTask()).WaitAsync(TimeSpan.FromSeconds(30));

        updates.Keys.Should().Be(1);
    }

    [Test]
    public async Task BeginAsync_AfterAnUpdateInTheSameFlow_TakesTheTurnAgain()
    {
        var updates = new OptimisticUpdates(TimeSpan.FromMinutes(1));
        (await updates.BeginAsync(Key, default)).Dispose();

        using var second = await updates.BeginAsync(Key, default);

        updates.Keys.Should().Be(1, "the first is over, so this one is inside none");
    }

    [Test]
    public async Task Keys_AfterManyAtOnce_AreForgotten()
    {
        var updates = new OptimisticUpdates(TimeSpan.FromMinutes(1));
        var counts = new int[10];

        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => Task.Run(async () =>
        {
            using var update = await updates.BeginAsync(new(1, StateShape.Document, "thing", $"/{i % 10}"), default);
            var before = counts[i % 10];
            await Task.Yield();
            counts[i % 10] = before + 1;
        })));

        counts.Should().OnlyContain(static count => count == 200, "turns do not overlap");
        updates.Keys.Should().Be(0);
    }

    [Test]
    public async Task TryAgainAsync_Lost_TriesAtOnceThenWaitsAndGivesUpAfterTheLimit()
    {
        var update = new OptimisticUpdates(TimeSpan.FromMilliseconds(50)).Begin();

        update.TryAgainAsync(default).AsTask().IsCompletedSuccessfully.Should().BeTrue("most often the other one is done by then");
        var tries = 1;
        while (await update.TryAgainAsync(default)) tries++;

        tries.Should().BeGreaterThan(1).And.BeLessThan(60);
        update.Losses.Should().Be(tries + 1);
        var conflict = update.Contended("the thing", "thing one");
        conflict.Message.Should().Contain($"the thing {tries + 1} times").And.Contain("UpdateTimeout").And.NotContain("thing one");
        (conflict.Key, conflict.Expected, conflict.Actual).Should().Be(("thing one", null, null));
    }

    [Test]
    public async Task TryAgainAsync_Cancelled_StopsWaiting()
    {
        var update = new OptimisticUpdates(TimeSpan.FromMinutes(1)).Begin();
        for (var i = 0; i < 4; i++) await update.TryAgainAsync(default);

        await update.Awaiting(static u => u.TryAgainAsync(new CancellationToken(true)).AsTask()).Should().ThrowAsync<OperationCanceledException>();
    }

    // A flow of its own, as every caller has.
    private static async Task<OptimisticUpdate> Apart(Func<ValueTask<OptimisticUpdate>> begin) => await begin();
}
