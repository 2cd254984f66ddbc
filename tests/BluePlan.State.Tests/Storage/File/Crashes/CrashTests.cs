using BluePlan.State.Storage;
using FluentAssertions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>
/// The power is cut before every single call on the disk, while a store works, while it recovers from that, and while it works on. What was acknowledged is there, what was not is whole or absent, and nothing else is.
/// </summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class CrashTests
{
    private const int Choices = 5;

    // Out of how many crashes one is followed by further ones; about 150 follow then.
    private static readonly int[] OneIn = [40, 400];

    [Test]
    public async Task Crash_AtEveryCall_LeavesEveryAcknowledgedCommit([Range(1, 8)] int test)
    {
        var count = 0;
        for (var round = 0; round < TestSeeds.Rounds(1); round++)
        {
            var random = new Random(TestSeeds.Next(test * 1000 + round));
            var time = new FakeTimeProvider(SimulatedStore.Start);
            await using var history = await CommitHistory.BeginAsync(time);
            var disk = new SimulatedDisk(random);
            var points = new CrashPoints(disk, history, time, random, Choices, "working");
            points.Collect();
            await using (var store = new SimulatedStore(disk, time, random, history))
            {
                await store.OpenAsync();
                for (var i = 0; i < 25; i++) await store.StepAsync();
            }
            foreach (var point in points.Complete()) count += await CheckAsync(point, history, random, 0);
        }
        await TestContext.Out.WriteLineAsync($"{count} crashes");
        count.Should().BeGreaterThan(500);
    }

    /// <summary>Opens what a crash left, and once in a while crashes again, in the recovery and in what is written after it. Answers how many crashes were looked at.</summary>
    private static async Task<int> CheckAsync(CrashPoint point, CommitHistory history, Random random, int depth)
    {
        var again = depth < OneIn.Length && random.Next(OneIn[depth]) == 0;
        var time = new FakeTimeProvider(point.Time);
        var recovery = new CrashPoints(point.Disk, history, time, random, 3, $"{point.Where}; recovering");
        if (again) recovery.Collect();
        var count = 1;
        CommitHistory? later = null;
        IReadOnlyList<CrashPoint> onward = [], recovering = [];
        try
        {
            var provider = SimulatedStore.Make(point.Disk, time);
            await using (provider)
            {
                await provider.OpenAsync(CommitDraw.Partitions, CancellationToken.None);
                var contents = await ExactContents.OfAsync(provider);
                var step = history.Find(contents, point.Acknowledged, point.Issued, point.Time, out var difference);
                if (step is null) Assert.Fail($"Crash at {point.Where}: {difference}");
                if (again)
                {
                    // What was shown once stays.
                    recovering = [.. recovery.Complete().Select(p => p with { Acknowledged = point.Acknowledged, Issued = point.Issued })];
                    recovering = [.. recovering.Take(recovering.Count - 3), .. recovering.TakeLast(3).Select(p => p with { Acknowledged = step!.Value, Issued = step!.Value })];
                    later = await CommitHistory.GoOnAsync(provider, time);
                }
            }
            if (again)
            {
                var points = new CrashPoints(point.Disk, later!, time, random, 3, $"{point.Where}; working on");
                points.Collect();
                await using (var store = new SimulatedStore(point.Disk, time, random, later!))
                {
                    await store.OpenAsync();
                    for (var i = 0; i < 4; i++) await store.StepAsync();
                }
                onward = points.Complete();
            }
        }
        catch (StateException exception)
        {
            Assert.Fail($"Crash at {point.Where}: {exception}");
        }
        foreach (var next in recovering) count += await CheckAsync(next, history, random, depth + 1);
        foreach (var next in onward) count += await CheckAsync(next, later!, random, depth + 1);
        if (later is not null) await later.DisposeAsync();
        return count;
    }
}
