using System.Diagnostics;
using System.Globalization;
using BluePlan.State.Storage;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>Generated sequences of commits, reads, expiry and reopening, compared with a plain model after each step and shrunk when they differ.</summary>
/// <remarks>The seed is the day, so that every day tries others; it is printed, and <c>STATE_CONFORMANCE_SEED</c> sets it.</remarks>
public abstract class ModelConformance<THarness> : ConformanceFixture<THarness> where THarness : StateProviderHarness, new()
{
    private const int Runs = 100;
    private const int LongestRun = 40;

    // Enough to draw a commit; what a step does not need it ignores.
    private const int NumbersAStep = 48;

    /// <summary>A slow store is tried with fewer runs, but with one.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(6);

    [Test]
    public async Task Steps_Generated_DoWhatTheModelDoes()
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("STATE_CONFORMANCE_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : (ulong)DateOnly.FromDateTime(DateTime.UtcNow).DayNumber;
        var (watch, runs, finished, failure) = (Stopwatch.StartNew(), 0, 0, (string?)null);
        var property = Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue).ArrayOf(NumbersAStep).ArrayOf(LongestRun), Shrink), async Task<bool> (steps) =>
        {
            // The last run that differs is the smallest one, so its steps are what is reported.
            if (failure is null && finished > 0 && watch.Elapsed > Budget) return true;
            var difference = await RunAsync(steps, $"{++runs}/");
            failure = difference ?? failure;
            finished++;
            return difference is null;
        });

        try
        {
            await Task.Run(() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithQuietOnSuccess(true).WithReplay(new Replay(new Rnd(seed, 1), null)), property));
        }
        catch (Exception) when (failure is not null)
        {
            Assert.Fail($"Seed {seed}. The shortest run found in which '{Provider.Name}' differs from the model:\n{failure}");
        }
        TestContext.Out.WriteLine($"Seed {seed}: {finished} runs in {watch.Elapsed.TotalSeconds:N1} s.");
        finished.Should().BePositive("the store answers within the time there is");
    }

    private async Task<string?> RunAsync(int[][] steps, string name)
    {
        var run = new ModelRun(Harness, Provider, name, Harness.CanReopen && !Provider.Capabilities.HasFlag(StateCapabilities.Shared) ? ReopenAsync : null);
        return await run.FindDifferenceAsync(steps);
    }

    // Fewer steps first: halves, then each one. Then simpler steps: each number zero, which is the simplest choice.
    private static IEnumerable<int[][]> Shrink(int[][] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
            for (var at = 0; at < steps.Length; at += length) yield return [.. steps[..at], .. steps[Math.Min(at + length, steps.Length)..]];
        for (var step = 0; step < steps.Length; step++)
        {
            var used = Array.FindLastIndex(steps[step], static number => number != 0);
            for (var length = (used + 1) / 2; length > 0; length /= 2)
                for (var at = 0; at <= used; at += length)
                    if (steps[step].AsSpan(at, Math.Min(length, used + 1 - at)).ContainsAnyExcept(0))
                        yield return [.. steps[..step], [.. steps[step][..at], .. new int[Math.Min(length, used + 1 - at)], .. steps[step][Math.Min(at + length, used + 1)..]], .. steps[(step + 1)..]];
        }
    }
}
