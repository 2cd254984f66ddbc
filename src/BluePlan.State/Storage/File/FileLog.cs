using Microsoft.Extensions.Logging;

namespace BluePlan.State.Storage;

/// <summary>What the file provider logs. No message carries content or keys.</summary>
internal static partial class FileLog
{
    [LoggerMessage(LogEvents.FileStoreOpened, LogLevel.Information, "The state store in '{Directory}' is open: {Partitions} partitions, durability {Durability}, {SnapshotBytes} bytes of snapshot and {JournalBytes} bytes of journal read in {Milliseconds} ms.")]
    public static partial void Opened(ILogger logger, string directory, int partitions, FileDurability durability, long snapshotBytes, long journalBytes, long milliseconds);

    [LoggerMessage(LogEvents.FileStoreViewed, LogLevel.Information, "The state store in '{Directory}' was read, and is not written to: {Partitions} partitions, {SnapshotBytes} bytes of snapshot and {JournalBytes} bytes of journal in {Milliseconds} ms.")]
    public static partial void Viewed(ILogger logger, string directory, int partitions, long snapshotBytes, long journalBytes, long milliseconds);

    [LoggerMessage(LogEvents.FileOwnerWaitedFor, LogLevel.Information, "Opening a state store waits up to {Timeout} for the process that has it. {Reason}")]
    public static partial void WaitsForOwner(ILogger logger, TimeSpan timeout, string reason);

    [LoggerMessage(LogEvents.FileStoreBuilt, LogLevel.Debug, "The state store in '{Directory}' is wholly in memory: {Keys} keys, {Milliseconds} ms after it was opened.")]
    public static partial void Built(ILogger logger, string directory, long keys, long milliseconds);

    [LoggerMessage(LogEvents.FileStoreNotBuilt, LogLevel.Critical, "The state store in '{Directory}' holds something that was never written, though its checksum is right. The partition that holds it cannot be used; close the store, and verify it.")]
    public static partial void NotBuilt(ILogger logger, Exception exception, string directory);

    [LoggerMessage(LogEvents.FileStoreMade, LogLevel.Information, "A new state store was made in '{Directory}', with {Partitions} partitions.")]
    public static partial void Made(ILogger logger, string directory, int partitions);

    [LoggerMessage(LogEvents.FileStoreOnNetwork, LogLevel.Warning, "The state store in '{Directory}' lies on a network file system ({Kind}). Locks and flushes may not be what they promise there; use a local disk, or Redis.")]
    public static partial void OnNetwork(ILogger logger, string directory, string kind);

    [LoggerMessage(LogEvents.FileJournalTorn, LogLevel.Warning, "'{Path}' ends, at byte {Offset}, with {Bytes} bytes of commits that were not completed before the process or the machine stopped. Nobody was told that they had happened; they are dropped.")]
    public static partial void TornTail(ILogger logger, string path, long offset, long bytes);

    [LoggerMessage(LogEvents.FileJournalFailed, LogLevel.Critical, "The journal of the state store in '{Directory}' could not be written. Nothing is written until the store has been opened anew, which the next call tries.")]
    public static partial void JournalFailed(ILogger logger, Exception exception, string directory);

    [LoggerMessage(LogEvents.FileStoreLost, LogLevel.Critical, "The state store in '{Directory}' is no longer the one that its path leads to: the directory or a file in it was removed, renamed or replaced. The store refuses to write until it is opened anew.")]
    public static partial void Lost(ILogger logger, Exception exception, string directory);

    [LoggerMessage(LogEvents.FileCheckpointWritten, LogLevel.Information, "The state store in '{Directory}' has a new snapshot: {Bytes} bytes in {Milliseconds} ms.")]
    public static partial void CheckpointWritten(ILogger logger, string directory, long bytes, long milliseconds);

    [LoggerMessage(LogEvents.FileCheckpointFailed, LogLevel.Error, "The state store in '{Directory}' could not write a snapshot. Nothing is lost; its journal grows until one succeeds.")]
    public static partial void CheckpointFailed(ILogger logger, Exception exception, string directory);

    [LoggerMessage(LogEvents.FileStoreClosed, LogLevel.Debug, "The state store in '{Directory}' is closed.")]
    public static partial void Closed(ILogger logger, string directory);

    [LoggerMessage(LogEvents.FileStoreNotClosed, LogLevel.Error, "The state store in '{Directory}' could not be closed in order. What was acknowledged under durability {Durability} holds as that promises.")]
    public static partial void NotClosed(ILogger logger, Exception exception, string directory, FileDurability durability);

    [LoggerMessage(LogEvents.FileSuperfluousNotDeleted, LogLevel.Warning, "The state store in '{Directory}' could not delete files that a snapshot has made superfluous. The next snapshot, or opening it, tries again.")]
    public static partial void SuperfluousNotDeleted(ILogger logger, Exception exception, string directory);

    [LoggerMessage(LogEvents.FileSegmentNotPrepared, LogLevel.Warning, "The state store in '{Directory}' could not prepare its next journal segment. The one before goes on.")]
    public static partial void SegmentNotPrepared(ILogger logger, Exception exception, string directory);
}
