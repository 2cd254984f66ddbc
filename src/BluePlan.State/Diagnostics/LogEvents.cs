namespace BluePlan.State;

/// <summary>The ids of the library's log messages. They are contract: alerts are built on them. Never reuse one.</summary>
internal static class LogEvents
{
    // 1–19: maintenance
    public const int MaintenanceDone = 1;
    public const int MaintenanceFailed = 2;
    public const int StoreNotOpened = 3;

    // 20–39: the file provider

    // 40–59: following a config
}
