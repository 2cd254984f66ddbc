using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>What is logged about locks. A lock is named by its token, since its name may say whose it is.</summary>
internal static partial class LockLog
{
    [LoggerMessage(LogEvents.LockLost, LogLevel.Warning, "The lock with the fencing token {Token} is lost: {Reason}")]
    public static partial void Lost(ILogger logger, long token, string reason);

    [LoggerMessage(LogEvents.LockNotRenewed, LogLevel.Warning, "The lock with the fencing token {Token} could not be renewed; the next attempt follows in {Pause}.")]
    public static partial void NotRenewed(ILogger logger, long token, TimeSpan pause, Exception exception);

    [LoggerMessage(LogEvents.LockNotReleased, LogLevel.Warning, "The lock with the fencing token {Token} could not be released; it is free when its duration has passed.")]
    public static partial void NotReleased(ILogger logger, long token, Exception exception);

    [LoggerMessage(LogEvents.LockNotWatched, LogLevel.Warning, "The store does not signal the release of a lock that somebody waits for; it is asked now and then instead.")]
    public static partial void NotWatched(ILogger logger, Exception exception);

    [LoggerMessage(LogEvents.LockListenerFailed, LogLevel.Error, "Something that was to stop because the lock with the fencing token {Token} is held no more failed.")]
    public static partial void ListenerFailed(ILogger logger, long token, Exception exception);

    [LoggerMessage(LogEvents.LockNotGivenBack, LogLevel.Warning, "Whether a lock was acquired for a caller who has left is not known; if so it is free when its duration has passed.")]
    public static partial void NotGivenBack(ILogger logger, Exception exception);
}
