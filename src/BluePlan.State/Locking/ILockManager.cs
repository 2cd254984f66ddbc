namespace BluePlan.State;

/// <summary>
/// Locks that many processes share: leases kept in the store, so on every provider. A lock has at most one holder, who keeps it by renewing it, and loses it by its expiry when the process dies or is cut off. Thread-safe.
/// </summary>
/// <remarks>
/// <para><b>What a lease can promise.</b> A holder that was stopped, by a pause of the process or of the whole machine, may believe in its lock for a moment after another has got it. <see cref="ILockLease.Lost"/> keeps that short: it is
/// cancelled when the lock is lost, and as soon as it can no longer be proved to be held. What must not happen even then is written under the fencing token: <see cref="IBluePlanState.FencedBy"/> makes the store refuse
/// what an earlier holder writes once a later one has written in the same partition. A new holder who builds on what it reads should therefore write first, or write by comparing (<see cref="StateCondition.IfMatch"/>, the update methods).</para>
/// <para><b>Fencing tokens.</b> Each acquisition gets a token above that of every earlier one of the same name: across expiry, release, restarts and restores of backups, for as long as the store lives. They are drawn from one log a
/// partition, shared by all locks there and never deleted, so what is kept for them does not grow with the number of names. They keep up with the clock in microseconds, so that a store made anew from a backup goes on above the tokens given before, if the hosts' clocks
/// are about right; in a store that lives on they rise whatever the clocks say. With another token to its name a lock leaves nothing behind but, for <see cref="LockManagerOptions.FenceRetention"/>, what fenced commits remember.</para>
/// <para><b>Time.</b> The store lets a lease expire by its own clock. The holder counts by its own monotonic clock, from before the request was sent and with a tenth of <see cref="LockManagerOptions.LeaseDuration"/> to spare, so the two clocks need not agree, only run
/// equally fast to a tenth: a holder's machine that is suspended counts nothing meanwhile, and learns of its loss at the next renewal. A server whose clock is set forward lets leases expire early, and a failover of Redis can lose a lease as it can lose
/// every write of its last moments: fencing tokens are for that, too. Leases are renewed when a third of the duration has passed.</para>
/// <para><b>Waiting.</b> Whoever waits is woken when the lock is released, and looks again when the holder's lease expires; a provider without <see cref="Storage.StateCapabilities.Watch"/> is asked four times a second. All who wait in one process for one
/// name stand in line, the first of them alone talks to the store, and they get the lock about in the order in which they came. Between processes nothing is promised about the order: at a release one of each process tries, so 64 contenders in one process cost what
/// one does, and in 64 processes a release costs up to 64 tries, each one small commit, of which one succeeds. A try without a timeout passes by the line.</para>
/// <para><b>Costs.</b> Acquiring a free lock is one round trip, as are extending and releasing.</para>
/// <para><b>Failures.</b> When the reply to an acquisition is lost, it is asked for once more, under a new token. When that fails too, the call ends with <see cref="StateUnavailableException"/>, and a lease that nobody believes to hold may keep others out until its duration has passed;
/// never are there two who believe it. A caller who cancels leaves at once, and what was got for it after all is given back.</para>
/// <para><b>Backups</b> hold no locks. A restore of the whole store ends every lease, which its holder sees at the next renewal; tokens go on rising.</para>
/// <para>Names take 1 to 384 bytes in UTF-8, any characters, and are compared ordinally; those of two tenants are apart. A lock is not reentrant. Every member throws <see cref="ArgumentException"/> for a name that is null, empty, too long or not well-formed,
/// <see cref="StateUnavailableException"/> when the store cannot be reached, also while it waits, and <see cref="OperationCanceledException"/>.</para>
/// </remarks>
public interface ILockManager
{
    /// <summary>Acquires a lock, waiting until it is free.</summary>
    /// <param name="name">The lock's name.</param>
    /// <param name="timeout">How long to wait, from zero to 49 days; null or <see cref="Timeout.InfiniteTimeSpan"/> = until the token fires.</param>
    /// <param name="cancellationToken">Ends the waiting; not the lease.</param>
    /// <returns>The lease, renewed until it is disposed.</returns>
    /// <exception cref="TimeoutException">Others held it all the while, or the store did not answer in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is out of range.</exception>
    Task<ILockLease> AcquireAsync(string name, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Acquires a lock if it is free, or gets free in time.</summary>
    /// <param name="name">The lock's name.</param>
    /// <param name="timeout">How long to wait, from zero to 49 days; zero, the default = one try; <see cref="Timeout.InfiniteTimeSpan"/> = until the token fires.</param>
    /// <param name="cancellationToken">Ends the waiting; not the lease.</param>
    /// <returns>The lease, renewed until it is disposed; null when others held the lock all the while, or the store did not answer within a timeout other than zero.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is out of range.</exception>
    Task<ILockLease?> TryAcquireAsync(string name, TimeSpan timeout = default, CancellationToken cancellationToken = default);
}
