namespace BluePlan.State;

/// <summary>The ids of the library's log messages. They are contract: alerts are built on them. Never reuse one.</summary>
internal static class LogEvents
{
    // 1–19: maintenance
    public const int MaintenanceDone = 1;
    public const int MaintenanceFailed = 2;
    public const int StoreNotOpened = 3;
    public const int StoreRefused = 4;
    public const int StrayMembersRemoved = 5;

    // 20–38: the file provider
    public const int FileStoreOpened = 20;
    public const int FileStoreMade = 21;
    public const int FileStoreOnNetwork = 22;
    public const int FileJournalTorn = 23;
    public const int FileJournalFailed = 24;
    public const int FileCheckpointWritten = 25;
    public const int FileCheckpointFailed = 26;
    public const int FileStoreClosed = 27;
    public const int FileStoreNotClosed = 28;
    public const int FileSegmentNotPrepared = 29;
    public const int FileSuperfluousNotDeleted = 30;
    public const int FileStoreBuilt = 31;
    public const int FileStoreNotBuilt = 32;
    public const int FileStoreLost = 33;
    public const int FileStoreViewed = 34;
    public const int FileOwnerWaitedFor = 35;

    // 39: the memory provider
    public const int MemoryStoreOpened = 39;

    // 40–59: following a config
    public const int ConfigNotRead = 40;
    public const int ConfigNotValid = 41;
    public const int ConfigListenerFailed = 42;
    public const int ConfigNotWaitedFor = 43;
    public const int ConfigNotFollowed = 44;

    // 60–79: locks
    public const int LockLost = 60;
    public const int LockNotRenewed = 61;
    public const int LockNotReleased = 62;
    public const int LockNotWatched = 63;
    public const int LockListenerFailed = 64;
    public const int LockNotGivenBack = 65;

    // 80–99: token usage
    public const int UsageNotPosted = 80;
    public const int UsageOfOtherZone = 81;
    public const int UsageSetAside = 82;
    public const int UsageSumDamaged = 83;
    public const int UsageNotCleanedUp = 84;
    public const int UsageSettingsUnreadable = 85;
}
