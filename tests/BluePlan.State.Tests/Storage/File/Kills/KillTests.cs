using BluePlan.State.KillTarget;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>
/// A process that writes to a store on the real disk is killed again and again, with SIGKILL and at any moment, also while it opens the store or writes a snapshot. What it said was acknowledged is there, the
/// next commit is whole or absent, and the next process goes on.
/// </summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class KillTests
{
    [Test]
    public async Task Kill_AtAnyMoment_LeavesEveryAcknowledgedCommit([Values] FileDurability durability)
    {
        var rounds = TestSeeds.Rounds(4);
        var random = new Random(TestSeeds.Next((int)durability));
        var directory = Directory.CreateTempSubdirectory("blueplan-kill-").FullName;
        var counts = new long[CounterWorkload.Callers];
        try
        {
            for (var round = 1; round <= rounds; round++) counts = await RoundAsync(directory, durability, random, counts, $"Round {round}");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
        await TestContext.Out.WriteLineAsync($"{rounds} kills, {counts.Sum()} commits");
        counts.Sum().Should().BeGreaterThan(rounds);
    }

    private static async Task<long[]> RoundAsync(string directory, FileDurability durability, Random random, long[] before, string round)
    {
        var wanted = random.Next(4) == 0 ? random.Next(1, 20) : random.Next(1, 1500);
        using var process = new KilledProcess(wanted, [directory, $"{durability}", $"{random.Next()}"]);
        // Now and then before the store is open.
        if (random.Next(10) > 0)
        {
            await process.OpenAsync();
            await process.EnoughAsync();
        }
        await process.KillAsync();
        process.Errors.Where(static e => e.Length > 0).Should().BeEmpty(round);

        await using var provider = new FileStateProvider(new() { Directory = directory });
        await provider.OpenAsync(CounterWorkload.Callers, CancellationToken.None);
        var counts = new long[CounterWorkload.Callers];
        for (var caller = 0; caller < counts.Length; caller++)
        {
            counts[caller] = await CounterWorkload.ReadAsync(provider, caller);
            // One more may have been acknowledged in the store and not have come to be said.
            counts[caller].Should().BeInRange(Math.Max(before[caller], process.Acknowledged[caller]), Math.Max(before[caller], process.Acknowledged[caller]) + 2, $"{round}, caller {caller}");
            (await CounterWorkload.FindFaultAsync(provider, caller, counts[caller])).Should().BeNull(round);
        }
        return counts;
    }
}
