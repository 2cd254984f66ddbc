using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>What is logged about token usage.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(LogEvents.UsageNotPosted, LogLevel.Warning, "Token usage that is counted could not be added to its sums yet; it waits, and whoever asks for sums tries first.")]
    public static partial void NotPosted(ILogger logger, Exception exception);

    [LoggerMessage(LogEvents.UsageOfOtherZone, LogLevel.Error, "The store keeps token usage by days of the time zone {Zone}, but ReportingTimeZone is {Setting}. Every call that needs days is refused. Set ReportingTimeZone to {Zone}.")]
    public static partial void OtherZone(ILogger logger, string zone, string setting);
}
