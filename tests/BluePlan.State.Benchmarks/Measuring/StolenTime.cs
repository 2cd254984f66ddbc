using System.Globalization;

namespace BluePlan.State.Benchmarks;

/// <summary>Processor time that this machine wanted and its host gave to others. Linux tells it on virtual machines: proc(5), /proc/stat, "steal".</summary>
internal static class StolenTime
{
    private const string Path = "/proc/stat";
    private const int Steal = 8; // The word of the first line, which begins with "cpu".
    private const int TicksPerSecond = 100; // USER_HZ, on all that .NET runs on.

    /// <summary>Since the machine started, of all processors; zero where nobody tells.</summary>
    public static TimeSpan Total() =>
        File.Exists(Path) && File.ReadLines(Path).First().Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > Steal } words
            ? TimeSpan.FromSeconds((double)long.Parse(words[Steal], CultureInfo.InvariantCulture) / TicksPerSecond)
            : TimeSpan.Zero;
}
