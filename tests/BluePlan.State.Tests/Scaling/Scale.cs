using System.Diagnostics;

namespace BluePlan.State.Tests;

/// <summary>How much more work sixteen times the input is: about 16 if it is linear, 256 if it is quadratic.</summary>
internal static class Scale
{
    /// <summary>As far from what is linear as from what is quadratic, whatever else the machine does.</summary>
    public const double Most = 64;

    private const int Factor = 16;
    private const int Rounds = 20;

    /// <summary>The ratio of the shortest times. What disturbs a round only makes it longer.</summary>
    /// <param name="size">The smaller input: it takes about a millisecond.</param>
    /// <param name="prepare">Makes what is measured, for a size.</param>
    public static double Of(int size, Func<int, Action> prepare)
    {
        var (small, large) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < Rounds && (round < 2 || large / small > Most); round++)
        {
            small = Min(small, Measure(prepare(size)));
            large = Min(large, Measure(prepare(Factor * size)));
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
