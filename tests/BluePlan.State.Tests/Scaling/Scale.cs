using System.Diagnostics;

namespace BluePlan.State.Tests;

/// <summary>How much more work four times the input is: about 4 when it is linear, 16 when it is quadratic.</summary>
internal static class Scale
{
    /// <summary>Between what is linear on a busy machine and what is quadratic on an idle one.</summary>
    public const double Most = 9;

    private const int Rounds = 20;

    /// <summary>The ratio of the shortest times. What disturbs a round only makes it longer.</summary>
    /// <param name="size">The smaller input: it takes some milliseconds.</param>
    /// <param name="prepare">Makes what is measured, for a size.</param>
    public static double Of(int size, Func<int, Action> prepare)
    {
        var (small, large) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < Rounds && (round < 2 || large / small > Most); round++)
        {
            small = Min(small, Measure(prepare(size)));
            large = Min(large, Measure(prepare(4 * size)));
        }
        return large / small;
    }

    private static TimeSpan Measure(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
