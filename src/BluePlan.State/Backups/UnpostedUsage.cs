using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Keeps token usage that waits to be posted together with the sums that lack it, in what leaves a store.</summary>
internal sealed class UnpostedUsage(UsagePosting posting)
{
    /// <summary>A store's records as a backup or a copy takes them.</summary>
    /// <remarks>
    /// When each key is shown as of an instant of its own, what waits could come beside sums that have it by then, and whoever restores both would count it twice. So there everything that was recorded before is posted
    /// first, and what waits is left out: of what is recorded meanwhile sums may lack some, as may one of any two keys that a commit writes during such an export.
    /// </remarks>
    public async IAsyncEnumerable<StateRecord> ExportAsync(IStateProvider store, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isConsistent = store.Capabilities.HasFlag(StateCapabilities.ConsistentExport);
        // What is damaged waits on, and is logged: it must not keep everything else, of any tenant, from being backed up.
        if (!isConsistent) await posting.PostAllAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var record in store.ExportAsync(cancellationToken).ConfigureAwait(false))
            if (isConsistent || StateTypes.Find(record.Key.Type, record.Key.Shape) != StateTypes.UsagePending) yield return record;
    }
}
