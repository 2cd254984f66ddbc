using Microsoft.Extensions.Logging;

namespace BluePlan.State;

/// <summary>What is logged about token usage.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(LogEvents.UsageNotPosted, LogLevel.Warning, "Token usage that is counted could not be added to its sums yet; it waits, and whoever asks for sums tries first.")]
    public static partial void NotPosted(ILogger logger, Exception exception);

    [LoggerMessage(LogEvents.UsageOfOtherZone, LogLevel.Error, "The store keeps token usage by days of the time zone {Zone}, but ReportingTimeZone is {Setting}. Every call of the tenant concerned that needs days is refused. If it is your setting that changed, set ReportingTimeZone to {Zone}; a tenant's restored backup may also have brought another zone.")]
    public static partial void OtherZone(ILogger logger, string zone, string setting);

    [LoggerMessage(LogEvents.UsageSetAside, LogLevel.Error, "{Count} members of usage-pending in partition {Partition} are not usage that waits to be posted. They were moved to the index usage-set-aside, which is kept for {Days} days; all else is posted. If usage is missing, restore it from a backup.")]
    public static partial void SetAside(ILogger logger, int count, int partition, int days);

    [LoggerMessage(LogEvents.UsageSumDamaged, LogLevel.Error, "Sums of token usage in partition {Partition} hold something else, so that {Count} records wait; those of others are posted. Restore the token usage of their tenants from a backup.")]
    public static partial void SumDamaged(ILogger logger, Exception exception, int count, int partition);

    [LoggerMessage(LogEvents.UsageNotCleanedUp, LogLevel.Error, "The token usage of a tenant in partition {Partition} could not be cleaned up; that of all others is. Restore the token usage of that tenant from a backup.")]
    public static partial void NotCleanedUp(ILogger logger, Exception exception, int partition);

    [LoggerMessage(LogEvents.UsageSettingsUnreadable, LogLevel.Error, "The time zone by whose days token usage is kept cannot be read for {Count} tenants. Their calls that need days fail; those of all others are served. Restore the token usage of those tenants from a backup, or update this process if a newer one wrote it.")]
    public static partial void SettingsUnreadable(ILogger logger, Exception exception, int count);
}
