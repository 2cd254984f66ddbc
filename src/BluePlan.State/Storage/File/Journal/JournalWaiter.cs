namespace BluePlan.State.Storage;

/// <summary>
/// Somebody who waits until a batch is on disk. It goes on by the thread pool's common queue, in front of the journal's next turn there: so those who were just acknowledged, and write again at once, have
/// written before the next batch is taken, and share its flush.
/// </summary>
/// <param name="wrote">Whether it waits for something that it wrote itself.</param>
internal abstract class JournalWaiter(bool wrote) : ReliefWork
{
    private CancellationTokenRegistration _cancellation;
    private Exception? _failure;
    private int _isOver;

    /// <summary>Whether it waits for something that it wrote itself.</summary>
    public bool Wrote => wrote;

    /// <summary>Decides how it goes on; it must then be queued. <c>false</c> if that was decided before.</summary>
    /// <param name="failure">What it gets to see; null = it is acknowledged.</param>
    public bool TryEnd(Exception? failure)
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0) return false;
        _failure = failure;
        return true;
    }

    protected override void Run() => Complete(_failure);

    protected abstract void Complete(Exception? failure);

    protected void EndOn(CancellationToken cancellationToken) =>
        _cancellation = cancellationToken.UnsafeRegister(static (waiter, token) => ((JournalWaiter)waiter!).Cancel(token), this);

    protected void LetGo() => _cancellation.Unregister();

    private void Cancel(CancellationToken token)
    {
        if (TryEnd(new OperationCanceledException(token))) PoolRelief.Queue(this);
    }
}
