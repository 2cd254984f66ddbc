using System.Diagnostics;
using System.Net.Sockets;

namespace BluePlan.State.Consistency;

/// <summary>Waiting that ends.</summary>
internal static class Wait
{
    /// <summary>Asks again and again until it is so.</summary>
    /// <exception cref="InvalidOperationException">It did not become so in time.</exception>
    public static async Task UntilAsync(Func<Task<bool>> isSo, double seconds, string what)
    {
        if (!await HappensAsync(isSo, seconds)) throw new InvalidOperationException($"After {seconds} s it is not so that {what}.");
    }

    /// <summary>Asks again and again whether it is so.</summary>
    /// <returns>False when it did not become so in time. What does not answer meanwhile is not up yet.</returns>
    public static async Task<bool> HappensAsync(Func<Task<bool>> isSo, double seconds)
    {
        for (var begun = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            var isLate = Stopwatch.GetElapsedTime(begun).TotalSeconds > seconds;
            try
            {
                if (await isSo()) return true;
            }
            catch (Exception exception) when (!isLate && exception is SocketException or IOException or InvalidOperationException)
            {
                // Once more.
            }
            if (isLate) return false;
        }
    }
}
