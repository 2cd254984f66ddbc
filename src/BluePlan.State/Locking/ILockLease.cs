namespace BluePlan.State;

/// <summary>A lock that is held, and renewed by itself until it is released, disposed or lost. What is lost stays lost: acquire anew. Thread-safe.</summary>
public interface ILockLease : IAsyncDisposable
{
    /// <summary>The lock's name.</summary>
    string Name { get; }

    /// <summary>The number of this acquisition, positive: higher than that of every earlier one of the same name. Pass it to what must refuse a holder that has been replaced; for this store itself there is <see cref="IBluePlanState.FencedBy"/>.</summary>
    long FencingToken { get; }

    /// <summary>Whether the lock can be proved to be held at this moment: the store confirmed it less than nine tenths of the lease's duration ago, and nobody has released it. Asks no store.</summary>
    bool IsHeld { get; }

    /// <summary>
    /// Cancelled once the lock is held no more: somebody took or deleted it, a commit under its token was refused, it can no longer be proved to be held because the store was not reached in time, or it was released. Whatever needs the lock
    /// should run under this token. It can be read also after disposal.
    /// </summary>
    CancellationToken Lost { get; }

    /// <summary>Asks the store whether the lock is still held, and if so lets its duration begin anew. It never makes a lease that is gone. One round trip; calls of one lease follow each other.</summary>
    /// <param name="cancellationToken">Cancels. The lease may have been extended.</param>
    /// <exception cref="StateLockLostException">The lock is lost or released.</exception>
    /// <exception cref="StateUnavailableException">The store cannot be reached. The lease goes on until it cannot be proved any more, and renewal goes on trying.</exception>
    Task ExtendAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives the lock back, unless it is another's by now, and wakes who waits for it. <see cref="Lost"/> is cancelled first. One round trip.</summary>
    /// <param name="cancellationToken">Cancels. The lock may have been released; else it is free when its duration has passed.</param>
    /// <returns>Whether it was held until now; false when it was lost before, or was released already.</returns>
    /// <exception cref="StateUnavailableException">The store cannot be reached. The lock is free when its duration has passed; calling again tries again.</exception>
    Task<bool> ReleaseAsync(CancellationToken cancellationToken = default);

    /// <summary>Does what <see cref="ReleaseAsync"/> does, but throws nothing: a store that cannot be reached is logged, and the lock is free when its duration has passed.</summary>
    new ValueTask DisposeAsync();
}
