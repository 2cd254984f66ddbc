namespace BluePlan.State;

/// <summary>
/// The time of <see cref="TimeProvider.System"/> as it was a moment ago, for a fraction of what asking for it costs. It suffices to see that something is far from expired, which nearly everything that is
/// read is.
/// </summary>
internal static class RecentTime
{
    private const long MostAge = 16;   // milliseconds: about what the cheap clock resolves
    private const long Margin = TimeSpan.TicksPerSecond; // far more than the age

    private static volatile Reading s_last = new();

    // The one clock that costs next to nothing; it decides only how long a reading of the other one is good.
#pragma warning disable RS0030
    private static long TickCount => Environment.TickCount64;
#pragma warning restore RS0030

    /// <summary>Whether an instant, in UTC ticks, lies well ahead. A clock that is set forward is noticed within about 30 milliseconds.</summary>
    public static bool IsWellBefore(long instant)
    {
        var last = s_last;
        if (TickCount - last.Taken > MostAge) s_last = last = new();
        return instant - last.UtcTicks > Margin;
    }

    private sealed class Reading
    {
        // Before the time itself, so that the reading never seems younger than it is.
        public readonly long Taken = TickCount;
        public readonly long UtcTicks = TimeProvider.System.GetUtcNow().UtcTicks;
    }
}
