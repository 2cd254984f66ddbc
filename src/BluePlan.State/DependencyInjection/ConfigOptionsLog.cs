using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>What is logged about options and configurations that follow a config.</summary>
internal static partial class ConfigOptionsLog
{
    [LoggerMessage(LogEvents.ConfigNotRead, LogLevel.Warning, "Config '{Config}' could not be read; what follows it keeps its values. Next attempt in {Pause}.")]
    public static partial void NotRead(ILogger logger, string config, TimeSpan pause, Exception exception);

    [LoggerMessage(LogEvents.ConfigNotValid, LogLevel.Error, "Version {Version} of config '{Config}' is not valid; what follows it keeps its values.")]
    public static partial void NotValid(ILogger logger, string config, long version, Exception exception);

    [LoggerMessage(LogEvents.ConfigListenerFailed, LogLevel.Error, "A listener failed on a change of what follows config '{Config}'.")]
    public static partial void ListenerFailed(ILogger logger, string config, Exception exception);

    [LoggerMessage(LogEvents.ConfigNotWaitedFor, LogLevel.Warning, "The store did not answer about config '{Config}' within {Wait}; what follows it begins without it.")]
    public static partial void NotWaitedFor(ILogger logger, string config, TimeSpan wait);

    [LoggerMessage(LogEvents.ConfigNotFollowed, LogLevel.Error, "Config '{Config}' cannot be followed.")]
    public static partial void CannotBeFollowed(ILogger logger, string config, Exception exception);
}
