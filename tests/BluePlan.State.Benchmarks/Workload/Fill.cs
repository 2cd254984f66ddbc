namespace BluePlan.State.Benchmarks;

/// <summary>Fills stores, many calls at once.</summary>
internal static class Fill
{
    private const int AtOnce = 256;

    public static async Task<T[]> ManyAsync<T>(int count, Func<int, Task<T>> make)
    {
        var made = new T[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => made[i] = await make(i));
        return made;
    }

    public static Task ManyAsync(int count, Func<int, Task> make) => Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await make(i));
}
