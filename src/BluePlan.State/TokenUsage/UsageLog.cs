using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>What is logged about token usage.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(LogEvents.UsageNotPosted, LogLevel.Warning, "Token usage that is counted could not be added to its sums yet; it waits, and whoever asks for sums tries first.")]
    public static partial void NotPosted(ILogger logger, Exception exception);
}
