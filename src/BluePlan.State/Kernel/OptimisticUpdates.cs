using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Begins every update of a store that reads, changes and writes what others may write at the same time.</summary>
/// <remarks>
/// <para>Callers of one process take turns for each key, in the order in which they came, so they never make each other
/// repeat an update. Processes do not know of each other: the
/// condition of the commit finds that another one was first, and <see cref="OptimisticUpdate.TryAgainAsync"/> backs off
/// with jitter.</para>
/// <para>The turn only saves repeats: the commit's condition alone keeps updates from being lost. So a caller may go
/// without one, and does so inside another update, where waiting for a turn could wait for itself.</para>
/// </remarks>
/// <param name="limit">How long an update is repeated while others are first.</param>
/// <param name="disposing">Cancelled when the store is disposed.</param>
internal sealed class OptimisticUpdates(TimeSpan limit, CancellationToken disposing = default)
{
    /// <summary>The default of <see cref="BluePlanStateOptions.UpdateTimeout"/>.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    private readonly UpdateQueue _queue = new();

    /// <summary>How many keys are being updated now.</summary>
    public int Keys => _queue.Keys;

    /// <summary>Begins an update that has no turn: for what rarely conflicts, and not with others of its kind.</summary>
    public OptimisticUpdate Begin() => new(null, default, limit);

    /// <summary>Begins an update when it is this caller's turn.</summary>
    /// <param name="key">The key that decides who is first: the one whose ETag the commit checks.</param>
    /// <param name="cancellationToken">Cancels the wait for the turn.</param>
    /// <remarks>To be called by an asynchronous method, whose flow of calls it marks.</remarks>
    /// <exception cref="ObjectDisposedException">The store was disposed meanwhile.</exception>
    public ValueTask<OptimisticUpdate> BeginAsync(StateKey key, CancellationToken cancellationToken)
    {
        if (OptimisticUpdate.IsInside) return new(Begin());
        var update = new OptimisticUpdate(_queue, key, limit);
        update.BeginFlow();
        return _queue.TryEnter(update) ? new(update) : WaitAsync(update, cancellationToken);
    }

    private async ValueTask<OptimisticUpdate> WaitAsync(OptimisticUpdate update, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, disposing);
        while (true)
        {
            try
            {
                // By the system's clock: who else is in line, and for how long, is no matter of the app's time.
                await update.Turn.WaitAsync(limit, TimeProvider.System, either.Token).ConfigureAwait(false);
                return update;
            }
            catch (TimeoutException)
            {
                // Whoever has the turn may wait for this caller in a way that cannot be seen. The queue is no lock, so
                // go on without it.
                if (_queue.TryLeaveStalled(update, limit)) return update;
            }
            catch (OperationCanceledException)
            {
                update.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                throw new ObjectDisposedException(nameof(IBluePlanState), "The store was disposed while an update waited for its turn. Nothing was written.");
            }
        }
    }
}
