using System.Threading.Tasks.Sources;

namespace BluePlan.State.Storage;

/// <summary>
/// Somebody who waits until a batch is on disk. It goes on by the thread pool's common queue, in front of the journal's next turn there: so those who were just acknowledged, and write again at once, have
/// written before the next batch is taken, and share its flush.
/// </summary>
internal sealed class JournalWaiter : IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<bool> _outcome;
    private CancellationTokenRegistration _cancellation;
    private Exception? _failure;
    private int _isOver;

    /// <summary>To be awaited once.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        _cancellation = cancellationToken.UnsafeRegister(static (waiter, token) => ((JournalWaiter)waiter!).End(new OperationCanceledException(token)), this);
        return new(this, _outcome.Version);
    }

    /// <summary>Lets it go on. The first call counts.</summary>
    /// <param name="failure">What it gets to see; null = it is acknowledged.</param>
    public void End(Exception? failure)
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0) return;
        _failure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_failure is null) _outcome.SetResult(true);
        else _outcome.SetException(_failure);
    }

    void IValueTaskSource.GetResult(short token)
    {
        _cancellation.Unregister();
        _outcome.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _outcome.OnCompleted(continuation, state, token, flags);
}
