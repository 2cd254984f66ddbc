namespace BluePlan.State.Redis;

/// <summary>
/// The hash tag of each partition, so that a partition's keys share one of the 16,384 slots of a cluster, and the partitions fall evenly on them: for every power of two n, the first n
/// partitions lie one in each n-th of the slots.
/// </summary>
/// <remarks>
/// Partition p lies in the 16 slots from 16 × (p's ten bits in reverse), under the first of those names of 0–9 a–z, the shorter first, whose slot is among them. The slot
/// is CRC-16/XMODEM of the tag, modulo 16,384 (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/). Tags are part of stored keys, so they never change; a golden test holds them.
/// </remarks>
internal static class HashTags
{
    private const int Partitions = 1024;
    private const int SlotsAPartition = 16;

    private static readonly string[] Tags = Make();
    private static readonly Dictionary<string, int> PartitionsOfTags = Tags.Select(static (tag, partition) => (tag, partition)).ToDictionary(static t => t.tag, static t => t.partition, StringComparer.Ordinal);

    public static string Of(int partition) => Tags[partition];

    public static bool TryGetPartition(string tag, out int partition) => PartitionsOfTags.TryGetValue(tag, out partition);

    /// <summary>The slot of a tag.</summary>
    public static int Slot(ReadOnlySpan<char> tag)
    {
        var crc = 0;
        foreach (var character in tag)
        {
            crc ^= character << 8;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ 0x1021;
        }
        return crc & 0x3FFF;
    }

    private static string[] Make()
    {
        const string digits = "0123456789abcdefghijklmnopqrstuvwxyz";
        var tags = new string[Partitions];
        var missing = Partitions;
        Span<char> name = stackalloc char[4];
        for (var length = 1; missing > 0; length++)
        {
            var names = (int)Math.Pow(digits.Length, length);
            for (var number = 0; number < names && missing > 0; number++)
            {
                for (int at = length - 1, rest = number; at >= 0; at--, rest /= digits.Length) name[at] = digits[rest % digits.Length];
                ref var tag = ref tags[Reverse(Slot(name[..length]) / SlotsAPartition)];
                if (tag is not null) continue;
                tag = name[..length].ToString();
                missing--;
            }
        }
        return tags;
    }

    private static int Reverse(int tenBits)
    {
        var reversed = 0;
        for (var bit = 0; bit < 10; bit++) reversed |= ((tenBits >> bit) & 1) << (9 - bit);
        return reversed;
    }
}
