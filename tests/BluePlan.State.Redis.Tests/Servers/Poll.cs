using System.Diagnostics;
using FluentAssertions;

namespace BluePlan.State.Redis.Tests;

/// <summary>Asks real servers, which say nothing by themselves, again and again, within a limit.</summary>
internal static class Poll
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Until something is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan limit, string because = "")
    {
        for (var begun = Stopwatch.GetTimestamp(); !await isSo(); await Task.Delay(Pause)) Stopwatch.GetElapsedTime(begun).Should().BeLessThan(limit, because);
    }

    /// <summary>Until the store answers; what it throws after the limit is thrown.</summary>
    public static Task UntilAvailableAsync(Func<Task> call, TimeSpan limit) => UntilAvailableAsync(async () =>
    {
        await call();
        return true;
    }, limit);

    /// <summary>The same of a call that tells something.</summary>
    public static async Task<T> UntilAvailableAsync<T>(Func<Task<T>> call, TimeSpan limit)
    {
        for (var begun = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause))
        {
            try
            {
                return await call();
            }
            catch (StateUnavailableException) when (Stopwatch.GetElapsedTime(begun) < limit)
            {
                // Not back yet.
            }
        }
    }
}
