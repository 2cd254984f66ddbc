using System.Diagnostics;

namespace BluePlan.State.Consistency;

/// <summary>Waiting that ends.</summary>
internal static class Wait
{
    /// <summary>Asks again and again until it is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, double seconds, string what)
    {
        for (var begun = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            try
            {
                if (await isSo()) return;
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException or InvalidOperationException
                && Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds)
            {
                // Not up yet.
            }
            if (Stopwatch.GetElapsedTime(begun).TotalSeconds > seconds) throw new InvalidOperationException($"After {seconds} s it is not so that {what}.");
        }
    }
}
