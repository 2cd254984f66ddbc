using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Copies what a tenant sees of the store into another provider.</summary>
internal static class StateCopy
{
    public static async Task<CopyReport> RunAsync(StateScope scope, IStateProvider target, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var source = scope.Storage.Provider;
        source.Require(StateCapabilities.Export);
        var selection = new BackupSelection(scope.Tenant, StateParts.All, null, scope.Storage.PartitionCount);
        var transfer = new StateTransfer(target, selection, RestoreMode.Replace, scope.Time, progress);
        transfer.CheckCapabilities();
        await scope.Storage.OpenAsync(cancellationToken).ConfigureAwait(false);
        await target.OpenAsync(scope.Storage.PartitionCount, cancellationToken).ConfigureAwait(false);
        await transfer.RunAsync(source.ExportAsync, null, cancellationToken).ConfigureAwait(false);
        return new(transfer.Written, transfer.Removed, transfer.IsAtomic);
    }
}
