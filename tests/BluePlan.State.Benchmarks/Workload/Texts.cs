using System.Security.Cryptography;

namespace BluePlan.State.Benchmarks;

/// <summary>Texts and values that differ from call to call: identical bytes let a store skip its work.</summary>
internal static class Texts
{
    /// <summary>The length of a value in the races of files: see PEERS of the design.</summary>
    public const int ValueBytes = 200;

    private static readonly string[] All = [.. Enumerable.Range(0, 1_024).Select(static _ => Convert.ToBase64String(RandomNumberGenerator.GetBytes(111)))];
    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(1 << 16);

    /// <summary>A text of 148 characters.</summary>
    public static string Of(long number) => All[number & 1_023];

    /// <summary>A value of 200 bytes, no two alike.</summary>
    public static byte[] Value(long number)
    {
        var value = Noise.AsSpan((int)(number * 31 % (Noise.Length - ValueBytes)), ValueBytes).ToArray();
        BitConverter.TryWriteBytes(value, number);
        return value;
    }
}
