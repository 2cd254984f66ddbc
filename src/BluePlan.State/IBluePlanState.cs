using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>All managers of one store, seen by one tenant. Each is also a service of its own. Thread-safe.</summary>
public interface IBluePlanState
{
    /// <summary>The tenant whose state this is; empty = the default tenant.</summary>
    string Tenant { get; }

    /// <summary>User sessions.</summary>
    ISessionManager Sessions { get; }

    /// <summary>Conversations and their messages.</summary>
    IHistoryManager History { get; }

    /// <summary>Token accounting.</summary>
    ITokenUsageManager TokenUsage { get; }

    /// <summary>Versioned configuration.</summary>
    IConfigManager Config { get; }

    /// <summary>Backups. For a tenant other than the default one they hold and restore that tenant's state only; the default tenant's hold the whole store.</summary>
    IBackupManager Backups { get; }

    /// <summary>The host's own data.</summary>
    IStateStore Store { get; }

    /// <summary>Locks that processes share.</summary>
    ILockManager Locks { get; }

    /// <summary>
    /// The same store narrowed to one tenant: its users, sessions, conversations, totals, configs and data are apart from every other tenant's, also where names are the same. Cheap: call it for every request.
    /// </summary>
    /// <remarks>It parts names, and is no wall against code that holds it: from any tenant's state every other one's is a call away. Choose the tenant where the request is authenticated.</remarks>
    /// <param name="tenant">The tenant; empty = the default one.</param>
    /// <exception cref="ArgumentException">Longer than 384 bytes in UTF-8, or not well-formed.</exception>
    IBluePlanState ForTenant(string tenant);

    /// <summary>
    /// The same store under a lock: every commit of its managers carries the lease's fencing token, and happens only when no later holder of that lock has written in the partition concerned, be it from another process. Both are judged in the one
    /// atomic step of the commit, so a holder that was stopped for however long cannot overwrite what its successor wrote.
    /// </summary>
    /// <remarks>
    /// <para>A refused call throws <see cref="StateLockLostException"/>, has written nothing, and cancels <see cref="ILockLease.Lost"/>; so does, without asking the store, every write under a lease that is known to be lost. Other conflicts are told as ever. Reads go on,
    /// unless they tidy up.</para>
    /// <para>A partition refuses from the later holder's first fenced commit in it on: what is fenced must be written under the lock by all. Fence twice to write under two locks. Locks themselves, restores and <see cref="CopyToAsync"/> are not fenced. Cheap.</para>
    /// </remarks>
    /// <param name="lease">A lease of this store, from whichever tenant's <see cref="Locks"/>.</param>
    /// <exception cref="ArgumentException">The lease is of another store.</exception>
    IBluePlanState FencedBy(ILockLease lease);

    /// <summary>
    /// One round of maintenance: takes what has expired out of the listings, sums up old token usage, and lets the store sweep and checkpoint. Hosted maintenance does this from time
    /// to time; an app without a host calls it itself, once an hour or so. Several processes may do it at once. A job that fails does not keep the others from being done.
    /// </summary>
    /// <exception cref="StateUnavailableException">The store cannot be reached; what was swept so far stays swept, and the rest waits for the next round.</exception>
    /// <exception cref="StateCorruptionException">Something in the store cannot be read; all else is done.</exception>
    /// <exception cref="AggregateException">Several jobs failed, each for its own reason; the others are done.</exception>
    Task<MaintenanceReport> MaintainAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Copies everything into another provider, which becomes exactly this store: the one call for moving to another kind of store, after which only the registration
    /// changes. A tenant other than the default one copies its own keys only, and replaces only those.
    /// </summary>
    /// <remarks>
    /// Stop the hosts before moving: what they write meanwhile may be left behind. Expiry, ETags and sequence numbers come along; what has expired does not. With
    /// <see cref="StateCapabilities.AtomicReplace"/> the target changes in one step; else a failure in the middle leaves it half written: repeat the call, with a new provider on the same place.
    /// </remarks>
    /// <param name="target">Where to, unopened: it is opened with this store's number of partitions. It stays open afterwards, and stays the caller's to dispose.</param>
    /// <param name="progress">Told now and again how many keys were written.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="NotSupportedException">This store does not export, or the target does not import; a tenant's copy needs a target that exports too. Nothing was changed.</exception>
    /// <exception cref="StateOpenException">The target has another number of partitions, or another process has it open. Nothing was changed.</exception>
    /// <exception cref="StateUnavailableException">One of the two cannot be reached or refuses.</exception>
    Task<CopyReport> CopyToAsync(IStateProvider target, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default);
}
