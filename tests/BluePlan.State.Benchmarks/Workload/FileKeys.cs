namespace BluePlan.State.Benchmarks;

/// <summary>The keys of the races of files.</summary>
internal static class FileKeys
{
    /// <summary>How many there are: enough that pages are many, few enough that the slowest peer is filled soon.</summary>
    public const int Count = 4_096;

    public static string Of(long number) => $"key-{number % Count:d8}";
}
