using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>Watches one config until it is ended, and goes on after failures: at growing intervals, but soon after a store that was away is back.</summary>
/// <param name="manager">Gets the manager that keeps the config.</param>
/// <param name="configName">The config's name.</param>
/// <param name="time">The clock that pauses go by.</param>
/// <param name="logger">Gets the failures.</param>
/// <param name="take">Gets the value now and after each change; <c>null</c> while there is none.</param>
internal sealed class ConfigFollowing<T>(Func<IConfigManager> manager, string configName, TimeProvider time, ILogger logger, Action<ConfigEntry<T>?> take)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // How soon to look again for a store that is away: what was saved meanwhile shows within a second after it is back. Asking costs nothing while there is no connection.
    private static readonly TimeSpan AwayPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Watches.</summary>
    /// <param name="firstAnswer">Ends with the store's first answer, good or bad; with an exception if watching can never work.</param>
    /// <param name="ended">Ends it.</param>
    public async Task RunAsync(TaskCompletionSource firstAnswer, CancellationToken ended)
    {
        try
        {
            await WatchThroughFailuresAsync(firstAnswer, ended).ConfigureAwait(false);
        }
        finally
        {
            firstAnswer.TrySetResult();
        }
    }

    private async Task WatchThroughFailuresAsync(TaskCompletionSource firstAnswer, CancellationToken ended)
    {
        var (failures, tellAt) = (0, 1);
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var wait = pause;
            try
            {
                await foreach (var entry in manager().WatchAsync<T>(configName, ended).ConfigureAwait(false))
                {
                    take(entry);
                    (pause, failures, tellAt) = (ShortestPause, 0, 1);
                    firstAnswer.TrySetResult();
                }
            }
            catch (Exception exception) when (ended.IsCancellationRequested || exception is ObjectDisposedException)
            {
                return;
            }
            catch (NotSupportedException exception)
            {
                ConfigOptionsLog.CannotBeFollowed(logger, configName, exception);
                firstAnswer.TrySetException(exception);
                return;
            }
            catch (Exception exception)
            {
                var isAway = exception is StateUnavailableException;
                if (isAway) (wait, pause) = (AwayPause, ShortestPause);
                // A store that stays away does not fill the log.
                if (!isAway || ++failures == tellAt)
                {
                    if (isAway) tellAt *= 2;
                    ConfigOptionsLog.NotRead(logger, configName, wait, exception);
                }
                firstAnswer.TrySetResult();
            }
            await Task.Delay(wait, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested) return;
        }
    }
}
