using System.Diagnostics;

namespace BluePlan.State.Consistency;

/// <summary>The machine's monotonic clock, which all processes share.</summary>
internal static class MonotonicClock
{
    /// <summary>Microseconds since the machine started.</summary>
    public static long Microseconds => (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));
}
