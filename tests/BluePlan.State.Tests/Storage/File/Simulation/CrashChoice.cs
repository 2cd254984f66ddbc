namespace BluePlan.State.Tests;

/// <summary>What of the unflushed is on disk after a crash: nothing, everything, or each piece with some probability.</summary>
internal sealed class CrashChoice(Random random, double kept)
{
    public static CrashChoice Nothing => new(new(0), 0);

    public static CrashChoice Everything => new(new(0), 1);

    /// <summary>A choice of its own: seldom all or nothing, mostly something between.</summary>
    public static CrashChoice Of(Random random) => new(random, random.Next(5) switch { 0 => 0.05, 1 => 0.95, _ => random.NextDouble() });

    public bool Keeps() => kept > 0 && (kept >= 1 || random.NextDouble() < kept);

    /// <summary>How many of some pieces that reach the disk in order do.</summary>
    public int PrefixOf(int pieces) => kept <= 0 ? 0 : kept >= 1 ? pieces : random.Next(pieces + 1);
}
