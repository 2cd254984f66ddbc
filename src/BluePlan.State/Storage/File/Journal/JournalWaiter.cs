namespace BluePlan.State.Storage;

/// <summary>
/// Somebody who waits until a batch is on disk. It goes on by the thread pool's common queue, in front of the journal's next turn there: so those who were just acknowledged, and write again at once, have
/// written before the next batch is taken, and share its flush.
/// </summary>
internal abstract class JournalWaiter : IThreadPoolWorkItem
{
    private CancellationTokenRegistration _cancellation;
    private Exception? _failure;
    private int _isOver;

    /// <summary>Lets it go on. The first call counts.</summary>
    /// <param name="failure">What it gets to see; null = it is acknowledged.</param>
    public void End(Exception? failure)
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0) return;
        _failure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => Complete(_failure);

    protected abstract void Complete(Exception? failure);

    protected void EndOn(CancellationToken cancellationToken) =>
        _cancellation = cancellationToken.UnsafeRegister(static (waiter, token) => ((JournalWaiter)waiter!).End(new OperationCanceledException(token)), this);

    protected void LetGo() => _cancellation.Unregister();
}
