using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Copies what a tenant sees of the store into another provider.</summary>
internal static class StateCopy
{
    public static async Task<CopyReport> RunAsync(StateScope scope, UsagePosting posting, IStateProvider target, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var source = scope.Storage.Provider;
        source.Require(StateCapabilities.Export);
        var partitions = (await scope.OpenAsync(cancellationToken).ConfigureAwait(false)).PartitionCount;
        var selection = new BackupSelection(scope.Tenant, StateParts.All, null, partitions);
        var storage = new StateStorage(target, new StateOpenOptions { PartitionCount = partitions });
        var usage = new UnpostedUsageImport(storage, posting.In(storage), selection, RestoreMode.Replace);
        var transfer = new StateTransfer(target, selection, RestoreMode.Replace, usage, progress);
        transfer.CheckCapabilities();
        await storage.OpenAsync(cancellationToken).ConfigureAwait(false);
        await transfer.RunAsync(cancel => new UnpostedUsage(posting).ExportAsync(source, cancel), null, cancellationToken).ConfigureAwait(false);
        return new(transfer.Written, transfer.Removed, transfer.IsAtomic);
    }
}
