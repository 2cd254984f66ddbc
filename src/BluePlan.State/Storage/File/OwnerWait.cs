using Microsoft.Extensions.Logging;

namespace BluePlan.State.Storage;

/// <summary>Opens a store once the process that owns its directory has closed it, as when an app restarts while its former process still ends.</summary>
/// <param name="limit">The longest time to wait.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told once that the store is waited for.</param>
internal sealed class OwnerWait(TimeSpan limit, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries again until it succeeds, fails otherwise, or the time is over.</summary>
    /// <param name="open">Opens the store. It runs on a thread of its own.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="StateOpenException">The directory is still owned when the time is over.</exception>
    public async Task<FileStore> OpenAsync(Func<FileStore> open, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            TimeSpan left;
            try
            {
                return await OwnThread.RunAsync(open).ConfigureAwait(false);
            }
            catch (StateOpenException inUse) when (inUse.Fault is StateOpenFault.InUse && limit > TimeSpan.Zero)
            {
                left = limit - time.GetElapsedTime(begun);
                if (left <= TimeSpan.Zero) throw new StateOpenException($"{inUse.Message} It was waited for as long as {nameof(FileStateOptions.OwnerTimeout)} allows, {limit}.", StateOpenFault.InUse, inUse);
                if (pause == FirstPause) FileLog.WaitsForOwner(logger, limit, inUse.Message);
            }
            await Task.Delay(pause < left ? pause : left, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
