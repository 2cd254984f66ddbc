using System.Globalization;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Where the seeds of random tests come from: another each day, or the one that <c>BLUEPLAN_SEED</c> names. Printed with each test, so that a failure can be had again.</summary>
internal static class TestSeeds
{
    public static int Next(int test)
    {
        var seed = Environment.GetEnvironmentVariable("BLUEPLAN_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture)
            : (int)(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 86400);
        TestContext.Out.WriteLine($"BLUEPLAN_SEED={seed}, test {test}");
        return HashOf(seed, test);
    }

    /// <summary>How often a test repeats: as often as said, times <c>BLUEPLAN_ROUNDS</c>.</summary>
    public static int Rounds(int normally) => normally * (Environment.GetEnvironmentVariable("BLUEPLAN_ROUNDS") is { Length: > 0 } times ? int.Parse(times, CultureInfo.InvariantCulture) : 1);

    // HashCode.Combine is seeded anew in each process.
    private static int HashOf(int seed, int test) => unchecked(seed * 486187739 + test * 16777619) & int.MaxValue;
}
