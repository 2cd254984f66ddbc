namespace BluePlan.State.Benchmarks;

/// <summary>How the races in memory read: many items a call, in an order that no processor foresees.</summary>
internal static class MemoryReads
{
    public const int PerCall = 256;

    // An odd multiplier spreads consecutive numbers over all items (Knuth's multiplicative hash).
    private const ulong Spread = 0x9E3779B97F4A7C15;

    public static int Item(long number, int at, int items) => (int)(((ulong)(number * PerCall + at) * Spread >> 32) % (ulong)items);
}
